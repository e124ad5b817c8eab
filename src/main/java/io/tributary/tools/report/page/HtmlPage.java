package io.tributary.tools.report.page;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A report as a self-contained HTML page. */
public final class HtmlPage extends Page {
  private static final String SCROLLING =
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%s\">";

  private static final String STYLE =
      """
      :root { color-scheme: light dark; --ink: #222; --soft: #666; --line: #d4d4d4; --paper: #fff; --shade: #f5f5f5; }
      @media (prefers-color-scheme: dark) {
        :root { --ink: #e4e4e4; --soft: #a8a8a8; --line: #444; --paper: #161616; --shade: #222; }
      }
      body { margin: 2rem auto; max-width: 84rem; padding: 0 1rem; color: var(--ink); background: var(--paper);
        font: 16px/1.5 system-ui, sans-serif; }
      h1, h2 { line-height: 1.2; }
      h2 { margin-top: 3rem; }
      figure { margin: 1rem 0; }
      figure svg { display: block; max-width: 100%; height: auto; background: #fff; border-radius: 4px; }
      figcaption, .caption { color: var(--soft); padding: .5rem 0; max-width: 60rem; margin: 0; font-size: .9375rem; }
      .scroll { overflow-x: auto; }
      @media screen and (max-width: 50rem) { figure svg { max-width: none; } }
      table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
      th, td { text-align: left; vertical-align: top; padding: .3rem .7rem; border-bottom: 1px solid var(--line); }
      .claims th[scope=row], .claims td:nth-child(4) { min-width: 13rem; }
      .claims td:nth-child(7) { min-width: 20rem; }
      .claims td:nth-child(2), .claims td:nth-child(5), .claims td:nth-child(6), .table-4 td, .table-4 th[scope=row], .origin th { white-space: nowrap; }
      .table-4 td:nth-child(6) { white-space: normal; min-width: 14rem; }
      [class^=texts] th[scope=row], [class^=texts] td { font-weight: normal; min-width: 9rem; }
      thead th { border-bottom-width: 2px; }
      tbody tr:nth-child(even) { background: var(--shade); }
      tbody th { font-weight: 600; }
      a { color: inherit; }
      .empty { color: var(--soft); font-style: italic; }
      @media print { body { margin: 0; max-width: none; font-size: 10pt; } figure, tr { break-inside: avoid; } h2, .caption { break-after: avoid; } .scroll { overflow: visible; } figure svg { max-height: 20cm; }
        th, td { min-width: 0 !important; white-space: normal !important; padding: .2rem .4rem; font-size: 8pt; } .table-4 td:nth-child(6) { min-width: 7rem !important; } }
      """;

  public HtmlPage() {
    super("report.html", true);
  }

  @Override
  public void begin(String title, String introduction) {
    text.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    add("<title>%s</title>\n", title);
    text.append("<style>\n%s</style>\n</head>\n<body>\n<main>\n".formatted(STYLE));
    add("<h1>%s</h1>\n<p>%s</p>\n", title, introduction);
  }

  @Override
  public void figure(Figure figure, String svg, String instead) {
    add("<h2 id=\"%s\">%s</h2>\n", figure.id(), figure.title());
    if (svg.isEmpty()) {
      add("<p class=\"empty\">%s</p>\n<p>%s", instead, figure.caption());
    } else {
      add("<figure>\n" + SCROLLING, figure.title());
      add("<svg role=\"img\" aria-label=\"%s\"", figure.title());
      text.append(svg, svg.indexOf("<svg") + "<svg".length(), svg.length());
      add("</div>\n<figcaption>%s", figure.caption());
    }
    text.append(figure.isEmpty() ? "" : files(figure, svg))
        .append(svg.isEmpty() ? "</p>\n" : "</figcaption>\n</figure>\n");
  }

  private static String files(Figure figure, String svg) {
    return (svg.isEmpty() ? List.of("csv") : List.of("svg", "png", "csv"))
        .stream()
            .map(
                kind ->
                    "<a href=\"report/%s.%s\">%s</a>"
                        .formatted(figure.id(), kind, kind.toUpperCase(Locale.ROOT)))
            .collect(Collectors.joining(", ", " (", ")"));
  }

  @Override
  public void table(Table table) {
    add("<h2 id=\"%s\">%s</h2>\n", table.id(), table.title());
    if (table.rows().isEmpty()) {
      text.append("<p class=\"empty\">no data yet</p>\n");
      return;
    }
    add(
        "<p class=\"caption\">%s (<a href=\"report/%s.csv\">CSV</a>)</p>\n",
        table.caption(), table.id());
    add(SCROLLING + "\n<table class=\"%s\">\n<thead><tr>", table.title(), table.id());
    table.header().forEach(name -> add("<th scope=\"col\">%s</th>", name));
    text.append("</tr></thead>\n<tbody>\n");
    for (List<String> row : table.rows()) {
      add("<tr><th scope=\"row\">%s</th>", row.get(0));
      row.stream().skip(1).forEach(cell -> add("<td>%s</td>", cell));
      text.append("</tr>\n");
    }
    text.append("</tbody>\n</table>\n</div>\n");
  }

  @Override
  public String end() {
    return text + "</main>\n</body>\n</html>\n";
  }

  @Override
  String escaped(String plain) {
    return plain
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
