import RecordStream
import StageSupport

/// The small print: which run this was, and what its steps counted.
enum FooterText {
  static func lines(of section: Section) -> [String] {
    let title = SectionTitle.people(section.status)
    var run = title.prefix(1).uppercased() + title.dropFirst() + ": "
    var facts: [String] = []
    if let started = section.feed?.started { facts.append("run of \(Phrase.time(started))") }
    if let since = section.feed?.since, let until = section.feed?.until { facts.append("window \(since) to \(until)") }
    if let source = section.feed?.source { facts.append("from \(Phrase.data(source, limit: 200))") }
    run += facts.isEmpty ? "a run without a feed line" : facts.joined(separator: ", ")
    // More steps than a pipe of ours has are of no interest here.
    let steps = section.summaries.prefix(12).map(counts)
    return [run + "."] + (steps.isEmpty ? [] : ["Counts: \(steps.joined(separator: "; "))."])
  }

  static func closing(_ attachment: Attachment?) -> [String] {
    var lines: [String] = []
    if let attachment {
      let rest = attachment.leftOut > 0 ? "; \(Phrase.number(attachment.leftOut)) more did not fit" : ""
      lines.append(
        "Attached: \(Phrase.counted(attachment.lines, "reject record", "reject records")) with all data of the people"
          + "\(rest). Treat the file as confidential.")
    }
    return lines + ["Sent by notify-mail of alma-people \(Version.current). People are named as NetID (EMPLID)."]
  }

  private static func counts(of summary: SummaryRecord) -> String {
    let counts = summary.counts.map { "\($0.rawValue.replacing("_", with: " ")) \(Phrase.number($1))" }
    let list = counts.isEmpty ? "no counts" : counts.joined(separator: ", ")
    return "\(Phrase.data(summary.stage)): \(list)\(summary.isComplete ? "" : " (not complete)")"
  }
}
