extension Report {
  /// The report in HTML for mail programs: tables, styles in the elements, no external resources. Lines end with LF.
  package var html: String { HTMLRendering.html(of: self) }
}

enum HTMLRendering {
  static func html(of report: Report) -> String {
    var html = head(report.subject)
    html += "<tr><td \(HTMLLook.bar(report.tone).attributes)>&nbsp;</td></tr>\n<tr><td \(HTMLLook.body.attributes)>\n"
    html += element("div", .kicker, title(report.subject)) + element("h1", .headline, report.headline)
    html += figures(report.figures)
    for part in report.parts { html += self.html(of: part) }
    html += "<div style=\"height:22px;line-height:22px;font-size:0\">&nbsp;</div>\n"
    for line in report.footer { html += element("p", .footer, line) }
    return html
      + "</td></tr>\n</table>\n<!--[if mso]></td></tr></table><![endif]-->\n</td></tr></table>\n</body></html>\n"
  }

  private static func head(_ subject: String) -> String {
    """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width,initial-scale=1">
    <meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
    <meta name="format-detection" content="telephone=no,date=no,address=no,email=no">
    <title>\(escaped(subject))</title>
    <style>
    \(HTMLLook.sheet)</style></head>
    <body \(HTMLLook.page.attributes)>
    <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr>
    <td align="center" style="padding:16px 8px">
    <!--[if mso]><table role="presentation" width="640" cellpadding="0" cellspacing="0"><tr><td><![endif]-->
    <table role="presentation" cellpadding="0" cellspacing="0" border="0" align="center" \(HTMLLook.card.attributes)>

    """
  }

  /// The subject without its counts, which the headline repeats.
  private static func title(_ subject: String) -> String {
    subject.lastIndex(of: ":").map { String(subject[..<$0]) } ?? subject
  }

  private static func figures(_ figures: [Report.Figure]) -> String {
    if figures.isEmpty { return "" }
    let cells = figures.map { figure in
      "<td \(HTMLLook.figure.attributes) width=\"\(100 / max(1, figures.count))%\">\n"
        + element("div", .number(figure.tone), Phrase.number(figure.number)) + element("div", .label, figure.label)
        + "</td>\n"
    }
    // Programs without border-spacing show the cells without a gap.
    return "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"4\" border=\"0\"><tr>\n"
      + cells.joined() + "</tr></table>\n"
  }

  private static func html(of part: Report.Part) -> String {
    let notice = part.notice
    var html = element("h2", .part, part.title)
    html += "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr>\n"
    html += "<td \(HTMLLook.notice(notice.tone).attributes)>\n" + element("div", .title, notice.title)
    for sentence in notice.sentences { html += element("p", .text, sentence) }
    if let advice = notice.advice { html += labelled("What to do", advice) }
    html += "</td></tr></table>\n"
    for chapter in part.chapters {
      html += element("h3", .chapter, chapter.title)
      if let note = chapter.note { html += element("p", .note, note) }
      for group in chapter.groups { html += self.html(of: group, isBrief: chapter.isBrief) }
    }
    return html
  }

  private static func html(of group: Report.Group, isBrief: Bool) -> String {
    let reason = group.reason
    var html = "<div \(HTMLLook.group.attributes)>\n"
    html += "<span \(HTMLLook.title.attributes)>\(escaped(reason.title))</span>&nbsp; "
    html += "<span \(HTMLLook.count.attributes)>\(Phrase.number(group.count))</span>\n"
    html += element("p", .text, reason.meaning)
    if let remedy = reason.remedy { html += labelled("To be fixed by", remedy) }
    if let field = group.field { html += labelled("Field", field) }
    return html + (isBrief ? brief(group) : people(group)) + "</div>\n"
  }

  private static func brief(_ group: Report.Group) -> String {
    "<p \(HTMLLook.brief.attributes)>\(group.all.map(line).joined(separator: ";\n"))</p>\n"
  }

  /// The people, in two columns if there are many and their lines are short.
  private static func people(_ group: Report.Group) -> String {
    let isNarrow = group.people.count > 6 && group.people.allSatisfy { $0.name.count <= 30 }
    let lines = group.all.map(line)
    if lines.isEmpty { return "" }
    let half = isNarrow ? (lines.count + 1) / 2 : lines.count
    let cells = [lines[..<half], lines[half...]].filter { !$0.isEmpty }.map { $0.joined(separator: "<br>\n") }
    return "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\""
      + " style=\"margin-top:8px\"><tr>\n"
      + cells.map { "<td \(HTMLLook.people.attributes)\(isNarrow ? " width=\"50%\"" : "")>\n\($0)\n</td>\n" }.joined()
      + "</tr></table>\n"
  }

  private static func line(_ person: Report.Item) -> String {
    escaped(person.name) + (person.isNew ? "&nbsp; <span \(HTMLLook.count.attributes)>new</span>" : "")
  }

  private static func labelled(_ label: String, _ text: String) -> String {
    "<p \(HTMLLook.text.attributes)><b>\(escaped(label)):</b> \(escaped(text))</p>\n"
  }

  private static func element(_ name: String, _ look: HTMLLook, _ text: String) -> String {
    "<\(name) \(look.attributes)>\(escaped(text))</\(name)>\n"
  }

  /// The text with the characters replaced that have a meaning in HTML.
  static func escaped(_ text: String) -> String {
    var result = ""
    for character in text.unicodeScalars {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}
