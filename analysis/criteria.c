/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Periods count when both results hold prices; "cuts" are the borders between two of the
 * operator's areas, whatever the configuration.
 */
#include "criteria.h"

#include "base/units.h"

#include <math.h>
#include <stdlib.h>

/* A smaller price difference over a cut is none. */
static const double least_difference_eur_per_mwh = 0.01;
static const double hours_per_year = 8760.0;
/* One-off costs that the years of row 11 earn back. */
static const double one_off_meur = 100.0;

typedef enum sn_metric {
    METRIC_NONE,
    METRIC_OVERLOAD_MWH,
    METRIC_SHORTFALL_MWH,
    METRIC_SHORTFALL_HOURS,
    METRIC_UNSEEN_MW,
    METRIC_WELFARE_MEUR,
    METRIC_FIRMNESS,
    METRIC_HUB_R2,
    METRIC_SIGNAL_SHARE,
    METRIC_PRICE_RMSE,
    METRIC_PAYBACK_YEARS,
    METRIC_SHADOW_VALUE,
    METRIC_REGULATED_SHARE,
    METRIC_REGULATED_HOURS_SHARE,
    METRIC_BILL_MEUR,
    METRIC_ABROAD_MEUR,
    METRIC_FLEXIBLE_MW,
    METRIC_SAME_SIGN_SHARE,
    METRIC_ONE_ZONE,
    METRIC_CONGESTED_SHARE,
    METRIC_FUEL_OWN_GWH,
    METRIC_FUEL_ABROAD_GWH,
    METRIC_CURTAILED_GWH,
    METRIC_CAPTURE,
    METRIC_COUNT
} sn_metric;

typedef struct sn_row_text {
    const char *id;
    const char *sv;
    const char *en;
    const char *unit;
    int better;
    sn_metric metric;
    const char *how_sv;
    const char *how_en;
} sn_row_text;

static const sn_row_text texts[SN_CRITERIA_ROWS] = {
    {"1", "Driftsäkerhet: flöde över snitten efter mothandel",
     "Operational security: flow over the cuts after regulation", "MWh", -1,
     METRIC_OVERLOAD_MWH, "summan av max(0, flöde - gräns) efter mothandel",
     "sum of max(0, flow - limit) after regulation"},
    {"2", "Försörjningstrygghet: brist", "Security of supply: shortfall", "MWh", -1,
     METRIC_SHORTFALL_MWH, "energi som mothandeln saknar, värderad till VOLL",
     "energy that regulation lacks, priced at VOLL"},
    {"2b", "Försörjningstrygghet: timmar med brist",
     "Security of supply: hours with a shortfall", "h", -1, METRIC_SHORTFALL_HOURS,
     "timmar då något område saknar energi", "hours in which any area lacks energy"},
    {"3", "Osäkerhet i kapacitetsberäkningen: flöde som marknaden inte ser",
     "Uncertainty of capacity calculation: flow the market does not see", "MW", -1,
     METRIC_UNSEEN_MW,
     "standardavvikelsen hos marknadens flöde minus flödet efter mothandel, över snitten",
     "standard deviation of market flow less flow after regulation, over the cuts"},
    {"4", "Ekonomisk effektivitet: välfärd mot idag",
     "Economic efficiency: welfare against today", "MEUR", 1, METRIC_WELFARE_MEUR,
     "bokslutets summa: konsumenter, producenter, flaskhalsintäkt, mothandel, alla "
     "områden",
     "sum of the ledger: consumers, producers, income, regulation, all areas"},
    {"5", "Kostnad för att garantera kapacitet: en MW som faller bort efter marknaden",
     "Firmness costs: a MW that is lost after the market", "EUR/MWh", -1, METRIC_FIRMNESS,
     "indikator: vad mothandeln kostar mer per MWh som ett fullt snitt mister medan "
     "handeln "
     "med andra områden står fast, medel över snitt och timmar; gånger bortfallen energi "
     "är "
     "det kostnaden medan bortfallen är små; ett urval av avbrott finns inte i data",
     "indicator: what regulation costs more per MWh that a full cut loses while exchange "
     "with other areas stands, mean over cuts and hours; times the energy that outages "
     "take "
     "it is the cost while they are small; the data hold no sample of outages"},
    {"6", "Likviditet: områdespris mot navets pris",
     "Market liquidity: area price against the hub's", "1", 1, METRIC_HUB_R2,
     "indikator: kvadrerad korrelation mellan områdets pris och alla områdens "
     "lastviktade "
     "medel, lastviktad; inte omsättning eller köp-säljgap",
     "proxy: squared correlation of the area's price with the load-weighted mean of all "
     "areas, weighted by load; not turnover or spreads"},
    {"7", "Koncentration och marknadsmakt", "Market concentration and power", "", -1,
     METRIC_NONE,
     "inte beräknat: HHI och RSI kräver varje ägares effekt per område, och data har "
     "produktion per område och kraftslag, inte per ägare",
     "not computed: HHI and RSI need each owner's capacity by area, and the data have "
     "production by area and technology, not by owner"},
    {"8", "Effektiv konkurrens", "Effective competition", "", 1, METRIC_NONE,
     "inte beräknat: kräver ägare som 7, och elhandlarnas andelar och påslag hos "
     "kunderna, "
     "som inte finns i en modell av grossistmarknaden",
     "not computed: needs owners as 7 does, and suppliers' shares and margins among "
     "customers, which a model of the wholesale market does not have"},
    {"9", "Prissignal för nätutbyggnad: andel av flaskhalsens kostnad som syns i priset",
     "Price signal for building grid: share of congestion cost shown in prices", "1", 1,
     METRIC_SIGNAL_SHARE, "snittens flaskhalsintäkt / (intäkten + mothandelns kostnad)",
     "income of the cuts / (income of the cuts + cost of regulation)"},
    {"10", "Prissignalernas noggrannhet: pris mot pris efter mothandel",
     "Accuracy of price signals: price against price after regulation", "EUR/MWh", -1,
     METRIC_PRICE_RMSE,
     "lastviktad rot ur medelkvadraten; jämförs med marginalpriset i varje delområde",
     "root mean square by load; reference: marginal price by subarea"},
    {"11", "Övergångskostnader: år som tjänar in 100 MEUR",
     "Transition costs: years that earn back 100 MEUR", "years", -1, METRIC_PAYBACK_YEARS,
     "minsta livslängd per 100 MEUR engångskostnad: 100 / välfärdens ändring per år "
     "(rad 4); tomt där välfärden inte stiger och ingen kostnad tjänas in; kostnaden "
     "själv "
     "kommer ur enkäter",
     "minimum lifetime per 100 MEUR of one-off costs: 100 / the welfare change a year "
     "(row 4); empty where welfare does not rise and no cost is earned back; the cost "
     "itself comes from surveys"},
    {"12", "Infrastruktur: snittens skuggvärde",
     "Infrastructure: shadow value of the cuts", "EUR/MW, year", 0, METRIC_SHADOW_VALUE,
     "summan över snitt och timmar av |prisskillnad| efter mothandel, per 8760 timmar",
     "sum over cuts and hours of |price difference| after regulation, per 8760 hours"},
    {"13", "Åtgärder efter marknaden: mothandlad andel av lasten",
     "Corrective measures: regulated share of load", "1", -1, METRIC_REGULATED_SHARE,
     "uppreglering / last i landets områden",
     "up-regulation / load of the operator's areas"},
    {"13b", "Åtgärder efter marknaden: andel av timmarna",
     "Corrective measures: share of hours", "1", -1, METRIC_REGULATED_HOURS_SHARE,
     "timmar då marknaden vill mer än ett snitt bär",
     "hours in which the market is over a cut"},
    {"13c", "Åtgärder efter marknaden: nätägarens kostnad",
     "Corrective measures: the operator's bill", "MEUR", -1, METRIC_BILL_MEUR,
     "vad som betalas till mothandelns priser",
     "what is paid at the prices of regulation"},
    {"14", "Påverkan på andra områden: välfärd utomlands",
     "Effect on other zones: welfare abroad", "MEUR", 0, METRIC_ABROAD_MEUR,
     "summan av bokslutets rader för områden utanför landet",
     "sum of the ledger's rows of areas that are not the operator's"},
    {"15", "Balansering: reglerbar vattenkraft i minsta prisområdet",
     "Balancing: flexible hydro in the smallest price area", "MW", 1, METRIC_FLEXIBLE_MW,
     "indikator: högsta minus lägsta observerade effekt, minst över landets prisområden",
     "proxy: greatest less least observed power, least over the operator's price areas"},
    {"16", "Stabilitet: veckor med årets tecken", "Stability: weeks with the year's sign",
     "1", 1, METRIC_SAME_SIGN_SHARE,
     "andel veckor då välfärdens ändring har helhetens tecken; andra år och antaganden "
     "är "
     "egna körningar",
     "share of weeks in which the welfare change has the sign of the whole; other years "
     "and "
     "assumptions are runs of their own"},
    {"17", "Samstämmighet mellan tidsramar", "Consistency across time frames", "", 1,
     METRIC_NONE,
     "inte beräknat: modellen har dagen-före-marknaden och mothandeln efter den, inga "
     "termins-, intradags- eller balansmarknader att jämföra med",
     "not computed: the model has the day-ahead market and regulation after it, no "
     "forward, "
     "intraday or balancing markets to compare with"},
    {"18", "Varje enhet i ett område", "Each unit in one zone", "1", 1, METRIC_ONE_ZONE,
     "1: en indelning delar upp områdena utan överlapp",
     "1: a configuration is a partition of the areas"},
    {"19", "Flaskhalsarnas läge och frekvens: timmar med flaskhals i ett snitt",
     "Location and frequency of congestion: hours with a congested cut", "1", -1,
     METRIC_CONGESTED_SHARE,
     "andel snittimmar med en prisskillnad över 0,01 EUR/MWh efter mothandel",
     "share of cut-hours with a price difference over 0.01 EUR/MWh after regulation"},
    {"20", "Kort sikt: CO2 - värmekraft och annat i landets områden",
     "Short-term effect on CO2: thermal and other supply in the operator's areas", "GWh",
     -1, METRIC_FUEL_OWN_GWH,
     "indikator: ändring mot det observerade, efter mothandel, av allt utbud utom "
     "vatten, "
     "vind, sol och kärnkraft; ton kräver marginalens bränsle, som data inte har",
     "indicator: change from the observed, after regulation, of all supply but water, "
     "wind, "
     "sun and nuclear; tonnes need the fuel at the margin, which the data do not have"},
    {"20b", "Kort sikt: CO2 - värmekraft och annat utomlands",
     "Short-term effect on CO2: thermal and other supply abroad", "GWh", -1,
     METRIC_FUEL_ABROAD_GWH,
     "som 20, med vad kantområdena levererar; fossilt på marginalen oftare än i landet",
     "as 20, with what the edges deliver; fossil at the margin more often than at home"},
    {"21", "Kort sikt: bortreglerad vindkraft", "Short-term RES: wind curtailed", "GWh",
     -1, METRIC_CURTAILED_GWH, "vindkraft som regleras ner efter marknaden",
     "wind regulated down after the market"},
    {"22", "Lång sikt: vindkraftens intjäning",
     "Long-term low-carbon: capture price of wind", "EUR/MWh", 0, METRIC_CAPTURE,
     "marknadspris viktat med vindkraften, landets områden",
     "market price weighted by wind power, operator's areas"},
    {"22b", "Lång sikt: investeringar", "Long-term low-carbon: investment", "", 1,
     METRIC_NONE,
     "inte beräknat här: kräver att verk byggs och läggs ner till priset bär kostnaden, "
     "som "
     "snitt portfolio räknar",
     "not computed here: needs entry and exit until prices bear their cost, which snitt "
     "portfolio works out"},
};

typedef struct sn_criteria_case {
    const sn_replay_input *input;
    const sn_replay_result *base;
    const sn_replay_result *changed;
    const sn_ledger *ledger;
    const bool *is_own;
    bool *is_counted; /* [n] */
    double step_h;
} sn_criteria_case;

/* Sums over one result. */
typedef struct sn_sums {
    double hours;
    double load_mwh;
    double overload_mwh, shortfall_mwh, shortfall_hours;
    double cut_hours, congested_hours, shadow_eur_per_mw;
    double unseen, unseen_squares;
    double income_eur;
    double squares; /* of price less price after regulation, by load */
    double regulated_mwh, regulated_hours;
    double wind_mwh, wind_eur, curtailed_mwh;
    double fuel_own_mwh, fuel_abroad_mwh;
} sn_sums;

static double known(const double *values, size_t at)
{
    return values == NULL || isnan(values[at]) ? 0.0 : values[at];
}

static bool is_cut(const sn_criteria_case *c, size_t l)
{
    const sn_border *link = &c->input->border[l].link;
    return c->input->border[l].has_flow && c->is_own[link->from] && c->is_own[link->to];
}

static void add_cut(const sn_criteria_case *c,
                    const sn_replay_result *r,
                    size_t t,
                    size_t l,
                    sn_sums *s)
{
    size_t at = t * c->input->n_border + l;
    const sn_border *link = &c->input->border[l].link;
    const double *after = &r->redispatch_price_eur_per_mwh[t * c->input->n_area];
    const double *price = &r->price_eur_per_mwh[t * c->input->n_area];
    double difference = fabs(after[link->to] - after[link->from]);
    s->cut_hours += c->step_h;
    if (difference > least_difference_eur_per_mwh) {
        s->congested_hours += c->step_h;
        s->shadow_eur_per_mw += difference * c->step_h;
    }
    double flow = known(r->flow_mw, at);
    double lost = sn_border_loss_value(flow, c->input->border[l].loss_share,
                                       price[link->from], price[link->to]);
    s->income_eur += (flow * (price[link->to] - price[link->from]) - lost) * c->step_h;
    if (!isnan(r->cut_flow_mw[at])) {
        double unseen = r->cut_flow_mw[at] - r->cut_flow_after_mw[at];
        s->unseen += unseen;
        s->unseen_squares += unseen * unseen;
        s->overload_mwh +=
            c->step_h * fmax(0.0, fmax(r->cut_flow_after_mw[at] - r->cut_max_mw[at],
                                       r->cut_min_mw[at] - r->cut_flow_after_mw[at]));
    }
}

static void add_area(const sn_criteria_case *c,
                     const sn_replay_result *r,
                     size_t t,
                     size_t z,
                     sn_sums *s,
                     double *shortfall_mw)
{
    size_t at = t * c->input->n_area + z;
    double load = known(c->input->load_mw, at);
    double wind = known(c->input->generation_mw[SN_TECH_WIND], at);
    double off = r->price_eur_per_mwh[at] - r->redispatch_price_eur_per_mwh[at];
    double moved = known(r->redispatch_hydro_mw, at) + known(r->redispatch_other_mw, at);
    s->load_mwh += load * c->step_h;
    s->squares += load * off * off * c->step_h;
    s->regulated_mwh += fmax(0.0, moved) * c->step_h;
    s->wind_mwh += wind * c->step_h;
    s->wind_eur += wind * r->price_eur_per_mwh[at] * c->step_h;
    s->curtailed_mwh -= known(r->redispatch_wind_mw, at) * c->step_h;
    s->shortfall_mwh += known(r->shortfall_mw, at) * c->step_h;
    *shortfall_mw += known(r->shortfall_mw, at);
}

/* Supply that is neither water, wind, sun nor nuclear, from the observed: what is left of
 * the responses when demand is taken out, and what an edge delivers. */
static double
fuel_mw(const sn_criteria_case *c, const sn_replay_result *r, size_t t, size_t z)
{
    size_t at = t * c->input->n_area + z;
    switch (c->input->area[z].kind) {
    case SN_AREA_MODELLED:
        return known(r->other_response_mw, at) - known(r->demand_response_mw, at) +
               known(r->redispatch_other_mw, at) - known(r->redispatch_wind_mw, at) -
               known(r->redispatch_load_mw, at) - known(r->redispatch_large_load_mw, at);
    case SN_AREA_PRICE_TAKER:
        return isnan(r->net_position_mw[at])
                   ? 0.0
                   : r->net_position_mw[at] - sn_replay_net_observed_mw(c->input, t, z);
    default:
        return 0.0;
    }
}

static void sum(const sn_criteria_case *c, const sn_replay_result *r, sn_sums *s)
{
    *s = (sn_sums){0};
    for (size_t t = 0; t < c->input->axis.n; t++) {
        if (!c->is_counted[t]) {
            continue;
        }
        double shortfall_mw = 0.0;
        for (size_t z = 0; z < c->input->n_area; z++) {
            double fuel_mwh = fuel_mw(c, r, t, z) * c->step_h;
            s->fuel_own_mwh += c->is_own[z] ? fuel_mwh : 0.0;
            s->fuel_abroad_mwh += c->is_own[z] ? 0.0 : fuel_mwh;
            if (c->is_own[z]) {
                add_area(c, r, t, z, s, &shortfall_mw);
            }
        }
        for (size_t l = 0; l < c->input->n_border; l++) {
            if (is_cut(c, l)) {
                add_cut(c, r, t, l, s);
            }
        }
        s->hours += c->step_h;
        s->regulated_hours += r->is_over != NULL && r->is_over[t] ? c->step_h : 0.0;
        s->shortfall_hours += shortfall_mw > 1e-6 ? c->step_h : 0.0;
    }
}

/* ---- what is more than a sum ---- */

static double hub_price(const sn_criteria_case *c, const sn_replay_result *r, size_t t)
{
    double money = 0.0;
    double energy = 0.0;
    for (size_t z = 0; z < c->input->n_area; z++) {
        size_t at = t * c->input->n_area + z;
        double load = known(c->input->load_mw, at);
        if (c->input->area[z].kind == SN_AREA_MODELLED) {
            money += load * r->price_eur_per_mwh[at];
            energy += load;
        }
    }
    return energy > 0.0 ? money / energy : NAN;
}

static double r_squared(const double m[5], double n)
{
    double xx = m[2] - m[0] * m[0] / n;
    double yy = m[3] - m[1] * m[1] / n;
    double xy = m[4] - m[0] * m[1] / n;
    return xx > 0.0 && yy > 0.0 ? xy * xy / (xx * yy) : NAN;
}

static double hub_r2(const sn_criteria_case *c, const sn_replay_result *r)
{
    double total = 0.0;
    double weight = 0.0;
    for (size_t z = 0; z < c->input->n_area; z++) {
        double m[5] = {0.0};
        double n = 0.0;
        double load = 0.0;
        for (size_t t = 0; c->is_own[z] && t < c->input->axis.n; t++) {
            if (!c->is_counted[t]) {
                continue;
            }
            double x = r->price_eur_per_mwh[t * c->input->n_area + z];
            double y = hub_price(c, r, t);
            const double terms[5] = {x, y, x * x, y * y, x * y};
            for (int k = 0; k < 5; k++) {
                m[k] += terms[k];
            }
            n += 1.0;
            load += known(c->input->load_mw, t * c->input->n_area + z);
        }
        double r2 = n > 1.0 ? r_squared(m, n) : NAN;
        total += isnan(r2) ? 0.0 : load * r2;
        weight += isnan(r2) ? 0.0 : load;
    }
    return weight > 0.0 ? total / weight : NAN;
}

static double hydro_range_mw(const sn_replay_input *in, size_t z)
{
    const double *mw = in->generation_mw[SN_TECH_HYDRO];
    double low = INFINITY;
    double high = -INFINITY;
    for (size_t t = 0; mw != NULL && t < in->axis.n; t++) {
        double value = mw[t * in->n_area + z];
        low = isnan(value) ? low : fmin(low, value);
        high = isnan(value) ? high : fmax(high, value);
    }
    return high > low ? high - low : 0.0;
}

static double flexible_mw(const sn_criteria_case *c, const sn_configuration *split)
{
    double least = INFINITY;
    for (size_t z = 0; z < c->input->n_area; z++) {
        double all = 0.0;
        for (size_t y = 0; y < c->input->n_area; y++) {
            bool is_same = c->is_own[z] && split->price_area[y] == split->price_area[z];
            all += is_same ? hydro_range_mw(c->input, y) : 0.0;
        }
        least = c->is_own[z] ? fmin(least, all) : least;
    }
    return least < INFINITY ? least : NAN;
}

static double rows_meur(const sn_criteria_case *c, bool own, bool abroad)
{
    double eur = 0.0;
    for (size_t i = 0; i < c->ledger->n_row; i++) {
        bool is_own = c->is_own[c->ledger->row[i].area];
        eur += is_own ? (own ? c->ledger->row[i].change_eur : 0.0)
                      : (abroad ? c->ledger->row[i].change_eur : 0.0);
    }
    return eur / 1e6;
}

static double payback_years(const sn_criteria_case *c, double welfare_meur)
{
    double hours = 0.0;
    for (size_t t = 0; t < c->input->axis.n; t++) {
        hours += c->is_counted[t] ? c->step_h : 0.0;
    }
    return welfare_meur > 0.0 ? one_off_meur * hours / (welfare_meur * hours_per_year)
                              : NAN;
}

/* The tariff is not in the weeks, and sums to 0. */
static double same_sign_share(const sn_criteria_case *c)
{
    size_t cells = c->input->n_area * SN_GROUP_COUNT;
    double same = 0.0;
    for (size_t w = 0; w < c->ledger->n_week; w++) {
        double week = 0.0;
        for (size_t i = 0; i < cells; i++) {
            week += c->ledger->weekly_eur[w * cells + i];
        }
        same += week * c->ledger->total_eur > 0.0 ? 1.0 : 0.0;
    }
    return c->ledger->n_week > 0 && c->ledger->total_eur != 0.0
               ? same / (double)c->ledger->n_week
               : NAN;
}

/* ---- the table ---- */

static void metrics(const sn_criteria_case *c,
                    const sn_replay_result *r,
                    const sn_configuration *split,
                    double out[METRIC_COUNT])
{
    sn_sums s;
    sum(c, r, &s);
    double cut_periods = s.cut_hours / c->step_h;
    double mean = cut_periods > 0.0 ? s.unseen / cut_periods : 0.0;
    double cost = s.income_eur + r->redispatch_cost_eur;
    out[METRIC_NONE] = NAN;
    out[METRIC_OVERLOAD_MWH] = s.overload_mwh;
    out[METRIC_SHORTFALL_MWH] = s.shortfall_mwh;
    out[METRIC_SHORTFALL_HOURS] = s.shortfall_hours;
    out[METRIC_UNSEEN_MW] =
        cut_periods > 0.0 ? sqrt(fmax(0.0, s.unseen_squares / cut_periods - mean * mean))
                          : NAN;
    out[METRIC_WELFARE_MEUR] = 0.0;
    out[METRIC_FIRMNESS] = s.cut_hours > 0.0 ? s.shadow_eur_per_mw / s.cut_hours : NAN;
    out[METRIC_HUB_R2] = hub_r2(c, r);
    out[METRIC_SIGNAL_SHARE] = cost > 0.0 ? s.income_eur / cost : NAN;
    out[METRIC_PRICE_RMSE] = s.load_mwh > 0.0 ? sqrt(s.squares / s.load_mwh) : NAN;
    out[METRIC_PAYBACK_YEARS] = NAN;
    out[METRIC_SHADOW_VALUE] =
        s.hours > 0.0 ? s.shadow_eur_per_mw * hours_per_year / s.hours : NAN;
    out[METRIC_REGULATED_SHARE] = s.load_mwh > 0.0 ? s.regulated_mwh / s.load_mwh : NAN;
    out[METRIC_REGULATED_HOURS_SHARE] = s.hours > 0.0 ? s.regulated_hours / s.hours : NAN;
    out[METRIC_BILL_MEUR] = r->redispatch_bill_eur / 1e6;
    out[METRIC_ABROAD_MEUR] = 0.0;
    out[METRIC_FLEXIBLE_MW] = flexible_mw(c, split);
    out[METRIC_SAME_SIGN_SHARE] = NAN;
    out[METRIC_ONE_ZONE] = 1.0;
    out[METRIC_CONGESTED_SHARE] =
        s.cut_hours > 0.0 ? s.congested_hours / s.cut_hours : NAN;
    out[METRIC_FUEL_OWN_GWH] = s.fuel_own_mwh / SN_MWH_PER_GWH;
    out[METRIC_FUEL_ABROAD_GWH] = s.fuel_abroad_mwh / SN_MWH_PER_GWH;
    out[METRIC_CURTAILED_GWH] = s.curtailed_mwh / SN_MWH_PER_GWH;
    out[METRIC_CAPTURE] = s.wind_mwh > 0.0 ? s.wind_eur / s.wind_mwh : NAN;
}

static void count_periods(sn_criteria_case *c)
{
    for (size_t t = 0; t < c->input->axis.n; t++) {
        c->is_counted[t] = true;
        for (size_t z = 0; z < c->input->n_area; z++) {
            size_t at = t * c->input->n_area + z;
            if (c->input->area[z].kind == SN_AREA_MODELLED &&
                (isnan(c->base->price_eur_per_mwh[at]) ||
                 isnan(c->changed->price_eur_per_mwh[at]))) {
                c->is_counted[t] = false;
            }
        }
    }
}

sn_status sn_criteria_compute(const sn_replay_input *input,
                              const sn_configuration *base_configuration,
                              const sn_configuration *configuration,
                              const sn_replay_result *base,
                              const sn_replay_result *changed,
                              const sn_ledger *ledger,
                              const bool *operator_area,
                              sn_criteria *out,
                              sn_error *err)
{
    *out = (sn_criteria){0};
    bool *is_counted = calloc(input->axis.n + 1, sizeof *is_counted);
    if (is_counted == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for the criteria");
    }
    sn_criteria_case c = {.input = input,
                          .base = base,
                          .changed = changed,
                          .ledger = ledger,
                          .is_own = operator_area,
                          .is_counted = is_counted,
                          .step_h = input->axis.step_s / 3600.0};
    double before[METRIC_COUNT];
    double after[METRIC_COUNT];
    count_periods(&c);
    metrics(&c, base, base_configuration, before);
    metrics(&c, changed, configuration, after);
    after[METRIC_WELFARE_MEUR] = rows_meur(&c, true, true);
    after[METRIC_PAYBACK_YEARS] = payback_years(&c, after[METRIC_WELFARE_MEUR]);
    after[METRIC_ABROAD_MEUR] = rows_meur(&c, false, true);
    after[METRIC_SAME_SIGN_SHARE] = same_sign_share(&c);
    for (size_t i = 0; i < SN_CRITERIA_ROWS; i++) {
        const sn_row_text *text = &texts[i];
        out->row[i] = (sn_criterion){text->id,
                                     text->sv,
                                     text->en,
                                     text->unit,
                                     text->better,
                                     text->how_sv,
                                     text->how_en,
                                     text->metric != METRIC_NONE,
                                     before[text->metric],
                                     after[text->metric]};
    }
    free(is_counted);
    return SN_OK;
}
