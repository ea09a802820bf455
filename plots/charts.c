/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sixteen charts as one table, and how one is made. */
#include "charts.h"

#include "base/os.h"
#include "chart_draw.h"
#include "chart_page.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const sn_chart charts[SN_CHART_COUNT] = {
    {"q01",
     {"What would we have paid with one single price area?",
      "Vad hade vi betalat med ett enda elområde?"},
     {"Bars: mean price by area today and with one area; change year by year.",
      "Staplar: medelpris per elområde i dag och med ett område, och ändringen år för "
      "år."},
     sn_chart_price},
    {"q02",
     {"Who gains and who loses?", "Vilka vinner och vilka förlorar?"},
     {"Waterfall: the change for each group, added up to the total.",
      "Vattenfallsdiagram: ändringen för varje grupp, summerad till en total."},
     sn_chart_ledger},
    {"q03",
     {"What does it mean for our municipality?", "Vad betyder det för vår kommun?"},
     {"Bars: the change of the electricity bill in each municipality.",
      "Staplar: elnotans ändring i varje kommun."},
     sn_chart_places},
    {"q04",
     {"Does the low price go away anyway when industry grows?",
      "Försvinner prisfördelen ändå när industrin växer?"},
     {"Lines: price in the north against new load, under both splits.",
      "Linjer: priset i norr mot ny förbrukning, med båda indelningarna."},
     sn_chart_new_load},
    {"q05",
     {"Which industrial investments hold?", "Vilka industriinvesteringar står sig?"},
     {"Projects ordered by the power price at which they break even, against the prices.",
      "Projekt ordnade efter det elpris där de går jämnt upp, mot elpriserna."},
     sn_chart_projects},
    {"q06",
     {"What does countertrade cost, and who pays?",
      "Vad kostar mothandeln och vem betalar?"},
     {"Bars: energy moved, the bill and its share of the tariff, in three ways.",
      "Staplar: flyttad energi, notan och dess del av nättariffen, på tre sätt."},
     sn_chart_redispatch},
    {"q07",
     {"How often are the lines full?", "Hur ofta är näten fulla?"},
     {"Heat maps: price difference over each cut, hour by day; duration curves.",
      "Värmekartor: prisskillnad över varje snitt, timme för timme; varaktighet."},
     sn_chart_cuts},
    {"q08",
     {"What happens to exports and to the neighbours?",
      "Vad händer med exporten och grannländerna?"},
     {"Bars: net export by country, and price abroad, today and with the other split.",
      "Staplar: nettoexport per land och pris utomlands, i dag och med ändrad "
      "indelning."},
     sn_chart_neighbours},
    {"q09",
     {"Where does the congestion income go?", "Vart tar flaskhalsintäkterna vägen?"},
     {"Bars: congestion income by border, today and with the other split.",
      "Staplar: flaskhalsintäkt per gräns, i dag och med ändrad indelning."},
     sn_chart_income},
    {"q10",
     {"What happens to wind power in the north?", "Vad händer med vindkraften i norr?"},
     {"Bars: the price wind power gets by area, and its share of the mean price.",
      "Staplar: vindkraftens intjäningspris per område och dess andel av medelpriset."},
     sn_chart_wind},
    {"q11",
     {"Is it enough to build lines?", "Räcker det att bygga ledningar?"},
     {"Lines: price gap and welfare against the capacity between SE2 and SE3.",
      "Linjer: prisgap och välfärd mot överföringsförmågan mellan SE2 och SE3."},
     sn_chart_lines},
    {"q12",
     {"Does the power hold on a cold winter evening?",
      "Håller effekten en kall vinterkväll?"},
     {"Line: flow wanted over the tightest cut in the worst week, against its limit.",
      "Linje: önskat flöde över det trängsta snittet under värsta veckan, mot gränsen."},
     sn_chart_worst_week},
    {"q13",
     {"Are there other ways to divide the country?",
      "Finns det andra sätt att dela landet?"},
     {"Table: each split with its prices and its effects.",
      "Tabell: varje indelning med dess priser och effekter."},
     sn_chart_splits},
    {"q14",
     {"How sure are the numbers?", "Hur säkra är siffrorna?"},
     {"Tornado: how much each assumption moves the answer.",
      "Tornadodiagram: hur mycket varje antagande flyttar svaret."},
     sn_chart_uncertainty},
    {"q15",
     {"What has changed since last time?", "Vad har ändrats sedan förra mötet?"},
     {"Waterfall: new data, changed assumptions and changed program.",
      "Vattenfallsdiagram: nya data, ändrade antaganden och ändrat program."},
     sn_chart_changes},
    {"q16",
     {"How have prices been?", "Hur har priserna sett ut?"},
     {"Lines: monthly mean price by area and the differences between areas.",
      "Linjer: månadsmedel av priset per elområde och skillnaderna mellan områdena."},
     sn_chart_history},
};

const char *sn_chart_id(size_t chart)
{
    return charts[chart].id;
}

const char *sn_chart_question(size_t chart, bool swedish)
{
    return charts[chart].question[swedish ? 1 : 0];
}

size_t sn_chart_find(const char *name)
{
    const char *digits = name[0] == 'q' || name[0] == 'Q' ? name + 1 : name;
    size_t n = strlen(digits);
    if (n == 0 || n > 2 || strspn(digits, "0123456789") != n) {
        return SIZE_MAX;
    }
    unsigned long number = strtoul(digits, NULL, 10);
    return number >= 1 && number <= SN_CHART_COUNT ? number - 1 : SIZE_MAX;
}

static char *take(sn_chart_page *page, const sn_writer *w)
{
    char *copy = strdup(w->text.data);
    sn_page_fail(page, w->status);
    if (copy == NULL) {
        sn_page_fail(page, sn_error_set(page->err, SN_E_MEMORY, "out of memory"));
    }
    return copy;
}

static void finish(sn_chart_page *page, const sn_chart *chart, sn_chart_outcome *outcome)
{
    char file[32];
    bool swedish = page->job->swedish;
    sn_writer alt;
    sn_writer title;
    sn_writer_init(&alt, page->err);
    sn_writer_init(&title, page->err);
    sn_write(&title, chart->question[swedish]);
    sn_writef(&alt, "%s %s ", chart->question[swedish], chart->form[swedish]);
    if (page->n_finite == 0) {
        sn_write(&alt,
                 swedish ? "Inga uppgifter för perioden." : "No data for the period.");
    }
    sn_write(&alt, page->finding.text.data);
    outcome->title = take(page, &title);
    outcome->finding = take(page, &page->finding);
    outcome->missing = take(page, &page->missing);
    outcome->missing_en = take(page, &page->missing_en);
    outcome->alt = take(page, &alt);
    outcome->drawn = page->missing.text.len == 0;
    if (outcome->drawn && page->status == SN_OK) {
        sn_chart_write_script(page, chart->question[swedish]);
        sn_write(&alt, "\n");
        (void)snprintf(file, sizeof file, "%s.alt.txt", chart->id);
        if (page->status == SN_OK) {
            page->status = sn_writer_save(&alt, page->job->folder, file);
        }
    }
    sn_writer_release(&alt);
    sn_writer_release(&title);
}

static sn_status make(const sn_chart_job *job,
                      const char *scripts,
                      const sn_chart *chart,
                      sn_chart_outcome *outcome,
                      sn_error *err)
{
    sn_chart_page page = {.job = job, .id = chart->id, .err = err};
    (void)snprintf(page.scripts, sizeof page.scripts, "%s", scripts);
    sn_writer_init(&page.settings, err);
    sn_writer_init(&page.finding, err);
    sn_writer_init(&page.note, err);
    sn_writer_init(&page.missing, err);
    sn_writer_init(&page.missing_en, err);
    chart->make(&page);
    if (page.status == SN_OK) {
        finish(&page, chart, outcome);
    }
    sn_writer_release(&page.settings);
    sn_writer_release(&page.finding);
    sn_writer_release(&page.note);
    sn_writer_release(&page.missing);
    sn_writer_release(&page.missing_en);
    return page.status;
}

sn_status sn_charts_draw(const sn_chart_job *job,
                         const bool *wanted,
                         sn_chart_outcome *outcome_out,
                         sn_error *err)
{
    char scripts[4096];
    const char *id[SN_CHART_COUNT];
    size_t n = 0;
    memset(outcome_out, 0, SN_CHART_COUNT * sizeof *outcome_out);
    int length = snprintf(scripts, sizeof scripts, "%s/gnuplot", job->folder);
    if (length < 0 || (size_t)length >= sizeof scripts) {
        return sn_error_set(err, SN_E_IO, "folder name is too long");
    }
    sn_status status = sn_os_make_folders(scripts, err);
    for (size_t i = 0; i < SN_CHART_COUNT && status == SN_OK; i++) {
        if (wanted[i]) {
            status = make(job, scripts, &charts[i], &outcome_out[i], err);
        }
        if (status == SN_OK && wanted[i] && outcome_out[i].drawn) {
            id[n++] = charts[i].id;
        }
    }
    if (status == SN_OK && n > 0 && job->formats != 0) {
        status = sn_chart_run_gnuplot(scripts, id, n, err);
    }
    for (size_t i = 0; i < SN_CHART_COUNT && status == SN_OK; i++) {
        if (outcome_out[i].drawn && (job->formats & SN_FORMAT_SVG) != 0) {
            status = sn_chart_finish_svg(job->folder, charts[i].id, &outcome_out[i], err);
        }
    }
    return status;
}

void sn_chart_outcome_release(sn_chart_outcome *outcome)
{
    free(outcome->title);
    free(outcome->finding);
    free(outcome->alt);
    free(outcome->missing);
    free(outcome->missing_en);
    *outcome = (sn_chart_outcome){0};
}
