extension Report {
  /// The report as plain text, in lines of at most 76 characters, unless a word or a person has more. Lines end with
  /// LF.
  package var text: String { TextRendering.text(of: self) }
}

private enum TextRendering {
  private static let width = 76

  static func text(of report: Report) -> String {
    var lines = wrapped(report.headline, indent: 0) + [""]
    let numbers = report.figures.map { Phrase.number($0.number) }
    let widest = numbers.map(\.count).max() ?? 0
    for (number, figure) in zip(numbers, report.figures) {
      lines.append(String(repeating: " ", count: 2 + widest - number.count) + "\(number)  \(figure.label)")
    }
    for part in report.parts { lines += ["", ""] + self.lines(of: part) }
    lines += ["", "-- "]
    for line in report.footer { lines += wrapped(line, indent: 0) }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func lines(of part: Report.Part) -> [String] {
    var lines = title(part.title.uppercased(), line: "=") + [""] + wrapped(part.notice.title, indent: 0)
    for sentence in part.notice.sentences { lines += wrapped(sentence, indent: 2) }
    if let advice = part.notice.advice { lines += wrapped("What to do: \(advice)", indent: 2) }
    for chapter in part.chapters { lines += self.lines(of: chapter) }
    return lines
  }

  private static func lines(of chapter: Report.Chapter) -> [String] {
    var lines = ["", ""] + title(chapter.title, line: "-")
    if let note = chapter.note { lines += wrapped(note, indent: 0) }
    for group in chapter.groups {
      let reason = group.reason
      lines += [""] + wrapped("* \(reason.title): \(group.size)", indent: 0)
      lines += wrapped(reason.meaning, indent: 2)
      if let remedy = reason.remedy { lines += wrapped("To be fixed by: \(remedy)", indent: 2) }
      if let field = group.field { lines += wrapped("Field: \(field)", indent: 2) }
      lines.append("")
      lines +=
        chapter.isBrief
        ? wrapped(group.all.map(text(of:)).joined(separator: "; "), indent: 4) : group.all.map { "    \(text(of: $0))" }
    }
    return lines
  }

  private static func title(_ text: String, line: String) -> [String] {
    let lines = wrapped(text, indent: 0)
    return lines + [String(repeating: line, count: lines.map(\.count).max() ?? 0)]
  }

  private static func text(of person: Report.Item) -> String { person.name + (person.isNew ? ", new" : "") }

  /// The text in lines. A word that is longer than a line has a line of its own.
  private static func wrapped(_ text: String, indent: Int) -> [String] {
    let margin = String(repeating: " ", count: indent)
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if line.isEmpty {
        line = margin + word
      } else if line.count + 1 + word.count <= width {
        line += " " + word
      } else {
        lines.append(line)
        line = margin + word
      }
    }
    return line.isEmpty ? lines : lines + [line]
  }
}
