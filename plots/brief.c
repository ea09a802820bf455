/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One page with the answer in five numbers, the charts of the standing set, what is
 * assumed, how sure it is, what others say, and the sources.  Every sentence stands in
 * brief.md, so that it can be read and changed before it is sent on.
 */
#include "brief.h"

#include "base/os.h"
#include "chart_page.h"
#include "slides.h"
#include "template.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 4096, NAME_SIZE = 200 };

typedef struct place {
    char name[NAME_SIZE];    /* "Västernorrlands län"; "" when none was asked for */
    const char *area;        /* that most of its municipalities lie in; "SE1" at least */
    size_t n;                /* municipalities */
    double household_sek[2]; /* lowest and highest */
    double change_sek;       /* the whole place; NaN without its use */
    double household_mwh;
    bool is_estimate; /* change_sek: homes and services alone */
} place;

typedef struct brief {
    const sn_brief_options *o;
    const sn_plots_input *input;
    const json_t *summary;
    bool sv;
    place place;
    sn_chart_page page; /* for words, money and intervals of the summary */
    sn_chart_outcome outcome[SN_CHART_COUNT];
    sn_writer w;
} brief;

static const char *words(const brief *b, const char *sv, const char *en)
{
    return b->sv ? sv : en;
}

/* ---- the place ------------------------------------------------------------------- */

static bool is_wanted(const sn_brief_options *o, const json_t *row)
{
    const char *code = sn_text_of(json_object_get(row, "code"));
    if (o->municipality != NULL) {
        return strcmp(code, o->municipality) == 0 ||
               strcmp(sn_text_of(json_object_get(row, "name")), o->municipality) == 0;
    }
    if (o->constituency != NULL) {
        return strcmp(sn_text_of(json_object_get(row, "constituency")),
                      o->constituency) == 0;
    }
    return (strlen(o->county) == 2 && strncmp(code, o->county, 2) == 0) ||
           strcmp(sn_text_of(json_object_get(row, "county")), o->county) == 0;
}

static const char *place_key(const sn_brief_options *o)
{
    return o->municipality != NULL
               ? "name"
               : (o->constituency != NULL ? "constituency" : "county");
}

static void add_row(place *p, const json_t *row, size_t votes[SN_SWEDISH_AREAS])
{
    double household = sn_number_at(row, "household_sek", NULL, NULL);
    double change = sn_number_at(row, "change_sek", NULL, NULL);
    const char *area = sn_text_of(json_object_get(row, "area"));
    p->household_sek[0] = p->n == 0 ? household : fmin(p->household_sek[0], household);
    p->household_sek[1] = p->n == 0 ? household : fmax(p->household_sek[1], household);
    p->change_sek = p->n == 0 ? change : p->change_sek + change;
    p->n++;
    p->is_estimate =
        p->is_estimate ||
        strcmp(sn_text_of(json_object_get(row, "use_source")), "embedded estimate") == 0;
    for (size_t z = 0; z < SN_SWEDISH_AREAS; z++) {
        votes[z] += strcmp(area, sn_chart_areas[z]) == 0 ? 1 : 0;
    }
}

static sn_status find_place(brief *b, sn_error *err)
{
    size_t i;
    const json_t *row;
    size_t votes[SN_SWEDISH_AREAS] = {0, 0, 0, 0};
    const sn_brief_options *o = b->o;
    place *p = &b->place;
    *p = (place){.area = "SE1", .household_sek = {NAN, NAN}, .change_sek = NAN};
    if (o->county == NULL && o->municipality == NULL && o->constituency == NULL) {
        return SN_OK;
    }
    const json_t *data = sn_page_data(&b->page, "snitt-municipalities-1");
    if (data == NULL) {
        return sn_error_set(err, SN_E_NOT_FOUND,
                            "the municipalities' numbers are missing: run snitt "
                            "municipalities --run DIR -o DIR and give --data "
                            "municipalities.json");
    }
    p->household_mwh = sn_number_at(data, "household_mwh", NULL, NULL);
    json_array_foreach(json_object_get(data, "municipalities"), i, row)
    {
        if (!is_wanted(o, row)) {
            continue;
        }
        if (p->n == 0) {
            (void)snprintf(p->name, sizeof p->name, "%s",
                           sn_text_of(json_object_get(row, place_key(o))));
        }
        add_row(p, row, votes);
    }
    if (p->n == 0) {
        return sn_error_set(
            err, SN_E_NOT_FOUND, "there is no municipality of \"%.80s\"",
            o->municipality != NULL
                ? o->municipality
                : (o->constituency != NULL ? o->constituency : o->county));
    }
    size_t most = 0;
    for (size_t z = 1; z < SN_SWEDISH_AREAS; z++) {
        most = votes[z] > votes[most] ? z : most;
    }
    p->area = sn_chart_areas[most];
    return SN_OK;
}

/* ---- five numbers ---------------------------------------------------------------- */

static double price_in(const brief *b, const char *configuration, const char *area)
{
    const json_t *prices =
        sn_node_at(b->summary, "configurations", configuration, "price_mean_eur_per_mwh");
    return sn_number_at(prices, area, NULL, NULL);
}

static double change_in(const brief *b, const char *area)
{
    return price_in(b, sn_page_compared(&b->page), area) -
           price_in(b, sn_page_base(&b->page), area);
}

/* " (90 % intervall a … b)", or that there is none; a level has no plus sign. */
static void
put_interval_of(brief *b, const sn_chart_interval *i, double factor, bool is_change)
{
    char text[3][SN_NUMBER_SIZE];
    int decimals = fabs(factor * (i->hi - i->lo)) < 20.0 ? 1 : 0;
    sn_fill(&b->w, words(b, " ({} % intervall {} … {})", " ({} % interval {} … {})"),
            sn_format_number(100.0 * i->level, 0, b->sv, text[0]),
            (is_change ? sn_format_change : sn_format_number)(i->lo * factor, decimals,
                                                              b->sv, text[1]),
            (is_change ? sn_format_change : sn_format_number)(i->hi * factor, decimals,
                                                              b->sv, text[2]),
            NULL);
}

static void put_interval(brief *b,
                         const char *headline,
                         const char *area,
                         double factor,
                         bool is_change)
{
    sn_chart_interval i;
    if (sn_page_interval(&b->page, headline, area, &i)) {
        put_interval_of(b, &i, factor, is_change);
    } else {
        sn_write(&b->w, words(b, " (intervall ej beräknat)", " (interval not computed)"));
    }
}

static double rate_of(const brief *b)
{
    double rate = sn_page_rate(&b->page);
    return isfinite(rate) ? rate : 1.0;
}

static void put_area_number(brief *b, const char *area)
{
    char text[SN_NUMBER_SIZE];
    bool sek = isfinite(sn_page_rate(&b->page));
    double factor = sek ? 0.1 * rate_of(b) : 1.0;
    sn_fill(&b->w,
            words(b, "- **{} {}**: prisets ändring i {}",
                  "- **{} {}**: change of price in {}"),
            sn_format_change(change_in(b, area) * factor, 1, b->sv, text),
            sek ? "öre/kWh" : "EUR/MWh", area, NULL);
    put_interval(b, "price_change_eur_per_mwh", area, factor, true);
    sn_write(&b->w, ".\n");
}

static double weighted_change_in(const brief *b, const char *area)
{
    static const char key[] = "price_load_weighted_eur_per_mwh";
    const json_t *all = json_object_get(b->summary, "configurations");
    return sn_number_at(sn_node_at(all, sn_page_compared(&b->page), key, NULL), area,
                        NULL, NULL) -
           sn_number_at(sn_node_at(all, sn_page_base(&b->page), key, NULL), area, NULL,
                        NULL);
}

/* A household's sum is more than the price of the first chart: say what it adds up of. */
static void put_parts(brief *b,
                      double tariff_eur_per_mwh,
                      double sek_per_eur_per_mwh,
                      const char *unit)
{
    char text[3][SN_NUMBER_SIZE];
    double price = change_in(b, b->place.area);
    double hours = weighted_change_in(b, b->place.area) - price;
    if (!isfinite(price) || !isfinite(hours) || !isfinite(tariff_eur_per_mwh)) {
        return;
    }
    /* The rounded parts add up to the rounded sum. */
    double rest = round((price + hours + tariff_eur_per_mwh) * sek_per_eur_per_mwh) -
                  round(price * sek_per_eur_per_mwh) -
                  round(tariff_eur_per_mwh * sek_per_eur_per_mwh);
    sn_fill(
        &b->w,
        words(b, "  I {} är {} {} elprisets ändring, som i första diagrammet; ",
              "  In {}, {} {} is the change of the power price, as in the first chart; "),
        b->place.area, sn_format_change(price * sek_per_eur_per_mwh, 0, b->sv, text[0]),
        unit, NULL);
    sn_fill(&b->w,
            words(b,
                  "{} att elen används olika mycket olika timmar och {} nätavgiften.\n",
                  "{} that power is used more in some hours than in others, and {} the "
                  "grid tariff.\n"),
            sn_format_change(rest, 0, b->sv, text[1]),
            sn_format_change(tariff_eur_per_mwh * sek_per_eur_per_mwh, 0, b->sv, text[2]),
            NULL);
}

static void put_household(brief *b)
{
    char text[3][SN_NUMBER_SIZE];
    const place *p = &b->place;
    double kwh =
        p->n > 0 && isfinite(p->household_mwh) ? 1e3 * p->household_mwh : 20000.0;
    double factor = 1e-3 * kwh * rate_of(b);
    double tariff = sn_number_at(b->summary, "redispatch", "tariff_eur_per_mwh", NULL);
    double here = factor * (weighted_change_in(b, p->area) + tariff);
    double low = p->n > 0 ? p->household_sek[0] : here;
    double high = p->n > 0 ? p->household_sek[1] : here;
    const char *unit = isfinite(sn_page_rate(&b->page)) ? words(b, "kr", "SEK") : "EUR";
    bool same = fabs(high - low) < 0.5;
    sn_fill(&b->w, same ? "- **{} {}**" : "- **{} … {} {}**",
            sn_format_change(low, 0, b->sv, text[0]),
            same ? unit : sn_format_change(high, 0, b->sv, text[1]), unit, NULL);
    sn_fill(&b->w,
            words(b,
                  ": om året för ett hushåll med {} kWh, med nätavgiften för mothandel, "
                  "före skatt",
                  ": a year for a household with {} kWh, with the tariff for "
                  "countertrade, before taxes"),
            sn_format_number(kwh, 0, b->sv, text[2]), NULL);
    sn_chart_interval i;
    bool any =
        sn_page_interval(&b->page, "consumer_price_change_eur_per_mwh", p->area, &i);
    /* Of this run alone; a place's number may come from several years. */
    if (any && same && fabs(low - here) < 0.5) {
        put_interval_of(b, &i, factor, true);
    }
    sn_write(&b->w, ".\n");
    put_parts(b, tariff, factor, unit);
}

static void
put_meur(brief *b, const char *sv, const char *en, double meur, const char *headline)
{
    char text[SN_NUMBER_SIZE];
    bool is_change = headline == NULL || strstr(headline, "bill") == NULL;
    sn_money money = sn_page_money(&b->page, meur);
    sn_fill(&b->w, words(b, sv, en),
            is_change
                ? sn_format_change(meur * money.factor, money.decimals, b->sv, text)
                : sn_format_number(meur * money.factor, money.decimals, b->sv, text),
            money.unit, NULL);
    if (headline != NULL) {
        put_interval(b, headline, NULL, money.factor, is_change);
    }
    sn_write(&b->w, ".\n");
}

static double ledger_of_sweden(const brief *b)
{
    size_t i;
    const json_t *row;
    double sum = 0.0;
    json_array_foreach(sn_node_at(b->summary, "ledger", "rows", NULL), i, row)
    {
        if (strncmp(sn_text_of(json_object_get(row, "area")), "SE", 2) == 0) {
            double change = sn_number_at(row, "change_meur", NULL, NULL);
            sum += isfinite(change) ? change : 0.0;
        }
    }
    return sum;
}

/* Below the heading, so that slides have them on the same page as the numbers. */
static void put_what(brief *b)
{
    char year[16];
    const char *label = sn_text_at(b->summary, "label", b->sv ? "sv" : "en", NULL);
    if (label[0] != '\0') {
        sn_write(&b->w, "**");
        sn_write_markdown(&b->w, label, SN_TEXT_ON_PAGE);
        sn_write(&b->w, "**\n\n");
    }
    sn_fill(&b->w,
            words(b, "År {}, dagens fyra elområden mot en ändrad indelning.\n\n",
                  "Year {}, today's four areas against another split.\n\n"),
            sn_page_year(&b->page, year), NULL);
}

static void put_numbers(brief *b)
{
    sn_write(&b->w, words(b, "## Svaret i fem siffror\n\n",
                          "## The answer in five numbers\n\n"));
    put_what(b);
    put_area_number(b, b->place.area);
    put_household(b);
    if (b->place.n > 0 && isfinite(b->place.change_sek)) {
        bool part = b->place.is_estimate;
        put_meur(b,
                 part ? "- **{} {}**: hem och tjänster här på ett år, utan industri; en "
                        "skattning efter folkmängd"
                      : "- **{} {}**: all elanvändning här på ett år",
                 part ? "- **{} {}**: homes and services here in a year, without "
                        "industry; an estimate by inhabitants"
                      : "- **{} {}**: all use here in a year",
                 b->place.change_sek * 1e-6 / rate_of(b), NULL);
    } else {
        put_area_number(b, strcmp(b->place.area, "SE4") == 0 ? "SE1" : "SE4");
    }
    put_meur(b,
             "- **{} {}**: nätoperatörens nota för mothandel, som elkunderna betalar "
             "med nätavgiften",
             "- **{} {}**: the operator's bill of countertrade, which consumers pay on "
             "the tariff",
             sn_number_at(b->summary, "redispatch", "bill_meur", NULL),
             "redispatch_bill_meur");
    put_meur(b, "- **{} {}**: hela Sverige i allt, kunder, producenter och nät",
             "- **{} {}**: Sweden in all, consumers, producers and grid",
             ledger_of_sweden(b), "sweden_meur");
    sn_write(&b->w, "\n");
}

/* ---- the rest of the page -------------------------------------------------------- */

static void put_head(brief *b)
{
    const char *lang = b->sv ? "sv" : "en";
    sn_write(&b->w, "# ");
    sn_write_markdown(&b->w, sn_text_at(b->summary, "title", lang, NULL),
                      SN_TEXT_ON_PAGE);
    if (b->place.name[0] != '\0') {
        sn_write(&b->w, ": ");
        sn_write_markdown(&b->w, b->place.name, SN_TEXT_ON_PAGE);
    }
    sn_write(&b->w, "\n\n");
}

static void put_charts(brief *b)
{
    for (size_t i = 0; i < SN_CHART_COUNT; i++) {
        const sn_chart_outcome *o = &b->outcome[i];
        if (!o->drawn) {
            continue;
        }
        /* The picture has its title; a slide needs one too, one page has no room. */
        sn_fill(&b->w, b->o->light ? "![" : "## {}\n\n![", o->title, NULL);
        sn_write_markdown(&b->w, o->finding[0] != '\0' ? o->finding : o->alt, 0);
        sn_fill(&b->w,
                b->o->light ? "](charts/{}){width=58%}\\\n\n"
                            : "](charts/{}){width=100%}\n\n",
                sn_chart_id(i), NULL);
    }
}

static void put_assumptions(brief *b)
{
    sn_write(
        &b->w,
        words(
            b,
            "## Vad vi antar\n\n"
            "- Ett år räknas om timme för timme; det är ingen prognos.\n"
            "- Samma vatten rinner: vad vattenkraften producerar under ett år ändras "
            "inte, bara när.\n"
            "- Priserna i Tyskland, Polen, Baltikum och Nederländerna hålls som de "
            "var.\n"
            "- Det som inte ryms i ledningarna löses med mothandel till kostnad. "
            "Strategiska bud gör den dyrare.\n"
            "- Ingen bygger eller lägger ned kraftverk, ledningar eller industrier.\n\n",
            "## What we assume\n\n"
            "- A year is computed again hour by hour; it is no forecast.\n"
            "- The same water runs: hydro's production over the year stays, only its "
            "hours move.\n"
            "- Prices in Germany, Poland, the Baltics and the Netherlands are held.\n"
            "- What the lines cannot carry is solved by countertrade at cost. "
            "Strategic bids make it dearer.\n"
            "- Nobody builds or closes plants, lines or industries.\n\n"));
}

/* Over the years that the run has; one year has no range. */
static void put_years(brief *b)
{
    size_t i;
    const json_t *year;
    char number[2][SN_NUMBER_SIZE];
    char text[32];
    double lo = INFINITY;
    double hi = -INFINITY;
    size_t n = 0;
    json_array_foreach(json_object_get(b->summary, "years"), i, year)
    {
        double change = sn_number_at(year, "change", b->place.area, NULL);
        if (isfinite(change)) {
            lo = fmin(lo, change);
            hi = fmax(hi, change);
            n++;
        }
    }
    if (n < 2) {
        sn_fill(
            &b->w,
            words(b,
                  "- Året betyder mest, och bara ett är räknat, {}: andra år kan ge "
                  "andra svar.\n",
                  "- The year matters most, and only one is computed, {}: other years "
                  "may give other answers.\n"),
            sn_page_year(&b->page, text), NULL);
        return;
    }
    int decimals = fmax(fabs(lo), fabs(hi)) < 10.0 ? 2 : 1;
    (void)snprintf(text, sizeof text, "%zu", n);
    sn_fill(&b->w,
            words(b,
                  "- Året betyder mest. Över {} år ändras priset i {} mellan {} och {} "
                  "EUR/MWh.\n",
                  "- The year matters most. Over {} years the price in {} changes "
                  "between {} and {} EUR/MWh.\n"),
            text, b->place.area, sn_format_change(lo, decimals, b->sv, number[0]),
            sn_format_change(hi, decimals, b->sv, number[1]), NULL);
}

static void put_certainty(brief *b)
{
    char number[SN_NUMBER_SIZE];
    sn_write(&b->w, words(b, "## Hur säkert är det?\n\n", "## How sure is it?\n\n"));
    put_years(b);
    sn_fill(
        &b->w,
        words(b,
              "- Med dagens områden återger modellen {} % av priserna; det visar att den "
              "räknar rätt, inte att svaret på en ändring är säkert.\n",
              "- With today's areas the model returns {} % of prices; that shows it "
              "computes right, not that the answer to a change is sure.\n"),
        sn_format_number(100.0 * sn_number_at(b->summary, "replay", "share_exact", NULL),
                         2, b->sv, number),
        NULL);
    sn_write(
        &b->w,
        words(
            b,
            "- Intervallen visar hur mycket årets veckor skiljer sig åt. Hur starkt "
            "kraftverk och kunder svarar på priset är vår egen bedömning, och "
            "ledningarnas förmåga är härledd ur flöden och priser: den osäkerheten "
            "ingår inte i intervallen.\n\n",
            "- Intervals show how much the weeks of the year differ. How strongly plants "
            "and consumers answer the price is our own judgement, and what the lines can "
            "carry is inferred from flows and prices: that uncertainty is not in the "
            "intervals.\n\n"));
}

typedef struct claim {
    const char *sv;
    const char *en;
    const char *source;
} claim;

/* Published results that do not agree with ours or with each other. */
static const claim claims[] = {
    {"Ett gemensamt pris 2020 hade gett SE4 14 % lägre pris och SE1–SE2 upp till 68 % "
     "högre.",
     "One price in 2020 would have meant 14 % less in SE4 and up to 68 % more in "
     "SE1–SE2.",
     "Holmberg och Tangerås, IFN, Dagens Nyheter 2022-01-22"},
    {"SE3 och SE4 betalade 35 miljarder kronor mer 2021 än med SE2:s pris, 9 miljarder "
     "2020.",
     "SE3 and SE4 paid 35 billion SEK more in 2021 than at SE2's price, 9 billion in "
     "2020.",
     "Fortum, Second Opinion"},
    {"Översynen av elområden fann lägre nytta för alla fyra svenska alternativ, 2–35 "
     "miljoner "
     "euro om året; ett enda område prövades inte.",
     "The bidding zone review found lower welfare for all four Swedish alternatives, "
     "2–35 "
     "million EUR a year; one single area was not studied.",
     "ENTSO-E, 2025-04-28"},
    {"Ett område blir bara marginellt billigare i söder men mycket dyrare i norr.",
     "One area is only marginally cheaper in the south but much dearer in the north.",
     "Norrbottens Kommuner, 2023-01-10"},
    {"Ett elområde är inget realistiskt alternativ.",
     "One area is not a realistic alternative.", "Svenska kraftnät, 2022"},
    {"Elområden med mothandel överbetalar produktion bakom flaskhalsen.",
     "Zones with countertrade overpay production behind the bottleneck.",
     "Holmberg och Lazarczyk, EPRG 1209"},
};

static void put_claims(brief *b)
{
    sn_write(&b->w, words(b, "## Vad andra säger emot\n\n",
                          "## What others say against it\n\n"));
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
        sn_fill(&b->w, "- {} *({})*\n", words(b, claims[i].sv, claims[i].en),
                claims[i].source, NULL);
    }
    sn_write(&b->w,
             words(b,
                   "\nSkillnaderna beror på år, på om utbytet med utlandet och vattnet "
                   "får svara, och på om mothandeln räknas med. Svenska kraftnäts svar "
                   "2026 och regionernas egen utredning ingår inte här.\n\n",
                   "\nThe differences come from the year, from whether foreign exchange "
                   "and water may answer, and from whether countertrade is counted. "
                   "Svenska kraftnät's answer of 2026 and the regions' own report are "
                   "not part of this.\n\n"));
}

static void put_sources(brief *b)
{
    size_t i;
    const json_t *source;
    /* A list, or one paragraph where there is one page. */
    const char *open = b->o->light ? "" : "- ";
    const char *close = b->o->light ? ").\n" : ")\n";
    sn_write(&b->w, words(b, "## Källor\n\n", "## Sources\n\n"));
    json_array_foreach(json_object_get(b->summary, "attribution"), i, source)
    {
        sn_write(&b->w, open);
        sn_write_markdown(&b->w,
                          sn_format_source(sn_text_at(source, "text", NULL, NULL), b->sv),
                          SN_TEXT_ON_PAGE);
        sn_write(&b->w, " (");
        sn_write_markdown(
            &b->w, sn_format_licence(sn_text_at(source, "licence", NULL, NULL), b->sv),
            SN_TEXT_ON_PAGE);
        sn_write(&b->w, close);
    }
    if (b->place.is_estimate) {
        sn_fill(
            &b->w, "{}{}{}", open,
            words(b,
                  "SCB, elanvändning per elområde och folkmängd per kommun, bearbetade "
                  "av Snitt (CC0",
                  "Statistics Sweden, use of power by bidding area and people by "
                  "municipality, processed by Snitt (CC0"),
            close, NULL);
    }
    sn_fill(&b->w, "{}Snitt " SN_VERSION ", {} ", open, words(b, "körning", "run"), NULL);
    sn_write_markdown(&b->w, sn_text_at(b->summary, "run_id", NULL, NULL), 40);
    sn_write(&b->w, "\n");
}

/* A short text to paste: plain words, no markup. */
static void put_newsletter(brief *b)
{
    char text[3][SN_NUMBER_SIZE];
    char year[16];
    const char *label = sn_text_at(b->summary, "label", b->sv ? "sv" : "en", NULL);
    bool sek = isfinite(sn_page_rate(&b->page));
    double factor = sek ? 0.1 * rate_of(b) : 1.0;
    if (label[0] != '\0') {
        sn_write_clean(&b->w, label, SN_TEXT_ON_PAGE);
        sn_write(&b->w, "\n\n");
    }
    const char *other = strcmp(b->place.area, "SE4") == 0 ? "SE1" : "SE4";
    sn_fill(&b->w,
            words(b, "Vad hade {} betytt {}? ", "What would {} have meant in {}? "),
            sn_page_one_area(&b->page)
                ? words(b, "ett enda elområde", "one single price area")
                : words(b, "en ändrad indelning i elområden", "another split into areas"),
            sn_page_year(&b->page, year), NULL);
    sn_fill(
        &b->w,
        words(b,
              "Räknat på det årets timmar hade elpriset ändrats med {} {} i {} och {} "
              "i {}",
              "On the hours of that year the price would have changed by {} {} in {} "
              "and {} in {}"),
        sn_format_change(change_in(b, b->place.area) * factor, 1, b->sv, text[0]),
        sek ? "öre/kWh" : "EUR/MWh", b->place.area,
        sn_format_change(change_in(b, other) * factor, 1, b->sv, text[1]), other, NULL);
    sn_money money = sn_page_money(
        &b->page, sn_number_at(b->summary, "redispatch", "bill_meur", NULL));
    sn_fill(
        &b->w,
        words(b,
              ". Till det kommer mothandel för {} {}, som elkunderna betalar med "
              "nätavgiften. Svaret skiftar mellan år; ett år ensamt säger lite.\n",
              ". On top comes countertrade for {} {}, which consumers pay on the grid "
              "tariff. The answer differs between years; one alone says little.\n"),
        sn_format_number(sn_number_at(b->summary, "redispatch", "bill_meur", NULL) *
                             money.factor,
                         money.decimals, b->sv, text[2]),
        money.unit, NULL);
}

/* ---- files ----------------------------------------------------------------------- */

static sn_status draw(brief *b, sn_error *err)
{
    static const int standing[] = {1, 2, 3, 5, 6, 14};
    static const int light[] = {1, 2, 3};
    char folder[PATH_SIZE];
    bool wanted[SN_CHART_COUNT] = {false};
    for (size_t i = 0; i < (b->o->light ? 3u : 6u); i++) {
        wanted[(b->o->light ? light : standing)[i] - 1] = true;
    }
    int n = snprintf(folder, sizeof folder, "%s/charts", b->o->folder);
    if (n < 0 || (size_t)n >= sizeof folder) {
        return sn_error_set(err, SN_E_IO, "folder name is too long");
    }
    sn_chart_job job = *b->page.job;
    job.folder = folder;
    job.formats = SN_FORMAT_SVG | SN_FORMAT_PNG;
    return sn_charts_draw(&job, wanted, b->outcome, err);
}

/* Raw HTML, TeX and metadata blocks are off: text stays text. */
#define SN_MARKDOWN                                                                      \
    "--from=markdown-raw_html-raw_tex-raw_attribute-tex_math_dollars-citations-"         \
    "yaml_metadata_block-pandoc_title_block"

static sn_status pandoc(const brief *b, const char *to, const char *images, sn_error *err)
{
    bool slides = strcmp(to, "pptx") == 0;
    char path[SN_TEMPLATE_PATH_SIZE];
    char css[SN_TEMPLATE_PATH_SIZE + 8];
    char filter[SN_TEMPLATE_PATH_SIZE + 16];
    char language[16];
    char extension[48];
    char file[16];
    sn_template_path(b->o->light ? "brief_light.css" : "brief.css", path);
    (void)snprintf(css, sizeof css, "--css=%s", path);
    sn_template_path("slides.lua", path);
    (void)snprintf(filter, sizeof filter, "--lua-filter=%s", path);
    (void)snprintf(language, sizeof language, "lang=%s", b->sv ? "sv" : "en");
    (void)snprintf(extension, sizeof extension, "--default-image-extension=%s", images);
    (void)snprintf(file, sizeof file, "brief.%s", to);
    const char *const argv[] = {"pandoc",
                                slides ? SN_MARKDOWN "-implicit_figures" : SN_MARKDOWN,
                                slides ? filter : css,
                                "--standalone",
                                "--self-contained",
                                "--slide-level=2",
                                "--metadata",
                                "pagetitle=Snitt",
                                "--metadata",
                                language,
                                css,
                                extension,
                                "-o",
                                file,
                                "brief.md",
                                NULL};
    return sn_os_run(argv, b->o->folder, 60.0, NULL, err);
}

static sn_status make_pdf(const brief *b, sn_error *err)
{
    static const char *const browser[] = {"chromium",
                                          "--headless",
                                          "--no-sandbox",
                                          "--disable-gpu",
                                          "--no-pdf-header-footer",
                                          "--print-to-pdf=brief.pdf",
                                          "brief.html",
                                          NULL};
    static const char *const office[] = {"soffice", "--headless", "--convert-to",
                                         "pdf",     "brief.docx", NULL};
    sn_error first = {0};
    if (sn_os_run(browser, b->o->folder, 120.0, NULL, &first) == SN_OK) {
        return SN_OK;
    }
    if (sn_os_run(office, b->o->folder, 120.0, NULL, err) == SN_OK) {
        return SN_OK;
    }
    return sn_error_set(err, SN_E_TOOL,
                        "no PDF: neither chromium nor LibreOffice made one (%s)",
                        first.message);
}

static sn_status convert(const brief *b, sn_error *err)
{
    unsigned f = b->o->formats;
    sn_status status = SN_OK;
    if ((f & (SN_BRIEF_HTML | SN_BRIEF_PDF)) != 0) {
        status = pandoc(b, "html", "svg", err);
    }
    if (status == SN_OK && (f & (SN_BRIEF_DOCX | SN_BRIEF_PDF)) != 0) {
        status = pandoc(b, "docx", "png", err);
    }
    if (status == SN_OK && (f & SN_BRIEF_PPTX) != 0) {
        status = pandoc(b, "pptx", "png", err);
        char path[PATH_SIZE];
        (void)snprintf(path, sizeof path, "%s/brief.pptx", b->o->folder);
        status = status == SN_OK ? sn_slides_fit(path, err) : status;
    }
    if (status == SN_OK && (f & SN_BRIEF_PDF) != 0) {
        status = make_pdf(b, err);
    }
    return status;
}

static sn_status write_text(brief *b, sn_error *err)
{
    sn_writer_init(&b->w, err);
    put_head(b);
    put_numbers(b);
    put_charts(b);
    if (!b->o->light) {
        put_assumptions(b);
        put_certainty(b);
        put_claims(b);
    }
    put_sources(b);
    sn_status status = sn_writer_save(&b->w, b->o->folder, "brief.md");
    if (status == SN_OK) {
        put_newsletter(b);
        status = sn_writer_save(&b->w, b->o->folder, "newsletter.txt");
    }
    sn_writer_release(&b->w);
    return status;
}

static sn_status write_all(brief *b, sn_error *err)
{
    sn_status status = find_place(b, err);
    if (status == SN_OK) {
        status = sn_os_make_folders(b->o->folder, err);
    }
    if (status == SN_OK) {
        status = draw(b, err);
    }
    if (status == SN_OK) {
        status = write_text(b, err);
    }
    return status == SN_OK ? convert(b, err) : status;
}

/* Q3 shows the county that a municipality lies in, or the one asked for. */
static const char *county_of(const sn_brief_options *o, char code[3])
{
    if (o->municipality != NULL && strspn(o->municipality, "0123456789") == 4) {
        (void)snprintf(code, 3, "%.2s", o->municipality);
        return code;
    }
    return o->county;
}

sn_status sn_brief_write(const sn_brief_options *options, sn_error *err)
{
    char code[3];
    sn_plots_input input;
    sn_status status = sn_plots_open(options->run_folder, options->data, &input, err);
    if (status != SN_OK) {
        return status;
    }
    sn_chart_job job = {.summary = input.summary,
                        .result = input.result,
                        .n_data = input.n_data,
                        .swedish = !options->english,
                        .county = county_of(options, code)};
    for (size_t i = 0; i < input.n_data; i++) {
        job.data[i] = input.data[i];
    }
    brief b = {.o = options,
               .input = &input,
               .summary = input.summary,
               .sv = !options->english,
               .page = {.job = &job, .err = err}};
    if (input.result == NULL) {
        status = sn_error_set(err, SN_E_FORMAT,
                              "the run failed its check: there is nothing to brief");
    } else {
        status = write_all(&b, err);
    }
    for (size_t i = 0; i < SN_CHART_COUNT; i++) {
        sn_chart_outcome_release(&b.outcome[i]);
    }
    sn_plots_close(&input);
    return status;
}
