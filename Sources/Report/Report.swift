package import Calendar
import RecordStream

/// The report on a run, before it is rendered: sentences and numbers, in the order in which they are shown.
package struct Report: Sendable {
  enum Tone: Sendable {
    case good, attention, bad
  }

  /// A count that is shown large at the top.
  struct Figure: Sendable {
    let number: Int
    let label: String
    /// Nil for a count that is neither good nor bad.
    let tone: Tone?
  }

  /// A feed.
  struct Part: Sendable {
    let title: String
    let delivery: Notice
    let chapters: [Chapter]
  }

  /// The outcome of the delivery.
  struct Notice: Sendable {
    let tone: Tone
    let title: String
    let sentences: [String]
    /// What to do; nil if nothing failed.
    let advice: String?
  }

  /// The people of one verdict.
  struct Chapter: Sendable {
    let title: String
    let note: String?
    let groups: [Group]
    /// People are separated by commas, to save space.
    let isBrief: Bool
  }

  /// The people with one reason.
  struct Group: Sendable {
    let reason: ReasonText
    let count: Int
    /// The field and the other person, if they are the same for the whole group.
    let field: String?
    let people: [String]
    /// How many people are not listed.
    let rest: Int

    /// The people, and how many are not listed.
    var names: [String] { people + (rest > 0 ? ["and \(Phrase.number(rest)) more"] : []) }
  }

  /// One line for the subject of a message: dates and counts.
  package let subject: String
  private(set) var headline: String
  let tone: Tone
  let figures: [Figure]
  let parts: [Part]
  let footer: [String]

  /// - Parameters:
  ///   - sections: the feeds, in the order in which they are shown.
  ///   - closing: the last lines of the footer.
  package init(_ sections: [Section], closing: [String] = []) {
    let subject = SubjectText(sections)
    self.subject = subject.subject
    headline = subject.headline
    tone = subject.tone
    figures = Self.figures(of: sections)
    parts = sections.flatMap(Part.all)
    footer = sections.flatMap(Self.footer) + closing
  }

  /// The same report, with a headline that says since when it has been the same.
  /// - Parameter first: when it was first sent; nil if that is not known.
  package func repeated(since first: Instant?, at now: Instant) -> Report {
    var report = self
    if let first {
      let days = Phrase.counted(now.day.number - first.day.number, "day", "days")
      report.headline += " First reported on \(first.day), \(days) ago."
    }
    return report
  }

  private static func figures(of sections: [Section]) -> [Figure] {
    let sum = { (count: (Section) -> Int) in sections.reduce(0) { $0 + count($1) } }
    let loads = sections.flatMap(\.loads)
    let refused = sum { $0.loads.reduce(0) { $0 + ($1.rejected ?? 0) } }
    let refusal = Figure(number: refused, label: "refused by Alma", tone: refused > 0 ? .attention : nil)
    let sections = sections.filter { !$0.isOfLoads }
    if sections.isEmpty { return figures(of: loads, refusal) }
    var figures: [Figure] = []
    let isUndelivered = sections.contains(where: \.isUndelivered)
    if sections.contains(where: { !$0.deliveries.isEmpty || !$0.isComplete }) {
      figures.append(
        Figure(number: sum(\.deliveries.users), label: "delivered", tone: isUndelivered ? .bad : .good))
    } else if sections.contains(where: { $0.accepted != nil }) {
      figures.append(Figure(number: sum { $0.accepted ?? 0 }, label: "accepted", tone: nil))
    }
    let rejected = sum(\.rejected.people)
    // If a feed is not delivered, Alma loads none of its people.
    let label = isUndelivered ? "to be put right" : "not loaded"
    return figures + [
      Figure(number: rejected, label: label, tone: rejected > 0 ? .attention : nil),
      Figure(number: sum(\.excluded.people), label: "left out", tone: nil),
      Figure(number: sum(\.warned.people), label: "warnings", tone: nil),
    ] + (refused > 0 ? [refusal] : [])
  }

  /// The counts of loads alone. One that is not known for each load that has ended is left out.
  private static func figures(of loads: [Load], _ refusal: Figure) -> [Figure] {
    let ended = loads.filter { $0.record.outcome == .loaded }.map(\.record.counts)
    let counts: [(RecordField, String)] = [(.created, "created"), (.updated, "updated"), (.unchanged, "unchanged")]
    let figures = counts.compactMap { field, label -> Figure? in
      let numbers = ended.compactMap { $0[field] }
      guard !numbers.isEmpty, numbers.count == ended.count else { return nil }
      return Figure(number: numbers.reduce(0, +), label: label, tone: nil)
    }
    return figures + (loads.contains { $0.rejected != nil } ? [refusal] : [])
  }

  /// The run, and the counts of its stages.
  private static func footer(of section: Section) -> [String] {
    if section.isOfLoads { return [] }
    var facts: [String] = []
    if let started = section.feed?.started { facts.append("run of \(Phrase.time(started))") }
    if let since = section.feed?.since, let until = section.feed?.until { facts.append("window \(since) to \(until)") }
    if let source = section.feed?.source { facts.append("from \(Phrase.excerpt(source, limit: 200))") }
    let run = facts.isEmpty ? "a run without a feed line" : facts.joined(separator: ", ")
    // The pipe has five stages; a hostile stream may have any number.
    let stages = section.summaries.prefix(12).map { summary in
      let counts = summary.counts.map { "\($0.rawValue.replacing("_", with: " ")) \(Phrase.number($1))" }
      let list = counts.isEmpty ? "no counts" : counts.joined(separator: ", ")
      return "\(Phrase.excerpt(summary.stage)): \(list)\(summary.isComplete ? "" : " (not complete)")"
    }
    return ["\(SectionTitle.capitalizedPeople(section.status)): \(run)."]
      + (stages.isEmpty ? [] : ["Counts: \(stages.joined(separator: "; "))."])
  }
}

extension Report.Part {
  /// The parts of a section: that of its feed, if it has one, and those of the loads.
  static func all(of section: Section) -> [Report.Part] {
    let failure = section.loadFailure.map { error in
      Report.Part(
        title: "What Alma did with the feed",
        delivery: Report.Notice(
          tone: .bad, title: "Alma could not be asked",
          sentences: ["load-report said: \(Phrase.excerpt(error, limit: 500))"],
          advice:
            "The delivery does not depend on it. The library's systems administrator has to look at the message."
        ),
        chapters: [])
    }
    return (section.isOfLoads ? [] : [Report.Part(section)]) + section.loads.map(LoadText.part)
      + [failure].compactMap(\.self)
  }

  init(_ section: Section) {
    let rejected = Report.Chapter(
      section.isUndelivered && !section.isDeliveredInPart ? "Problems found so far" : "Not loaded", section.rejected,
      note: "Once the record is put right, the person comes with a later feed.")
    let excluded = Report.Chapter("Left out by policy", section.excluded, note: "There is nothing to do.")
    let warned = Report.Chapter("Accepted, with a warning", section.warned, note: nil, isBrief: true)
    self.init(
      title: SectionTitle.title(of: section), delivery: DeliveryText.notice(of: section),
      chapters: [rejected, excluded, warned].compactMap { $0 })
  }
}

extension Report.Chapter {
  /// Nil if there are no people in it.
  init?(_ title: String, _ reasons: ReasonGroups, note: String?, isBrief: Bool = false) {
    guard reasons.people > 0 else { return nil }
    self.init(
      title: "\(title): \(Phrase.people(reasons.people))", note: note, groups: reasons.sorted.map(Report.Group.init),
      isBrief: isBrief)
  }
}

extension Report.Group {
  init(_ group: ReasonGroups.Group) {
    self.init(
      reason: ReasonText.of(group.code), count: group.people,
      field: group.sharedDetails.flatMap { $0.isEmpty ? nil : $0 },
      people: group.listed.map {
        group.sharedDetails != nil || $0.details.isEmpty ? $0.name : "\($0.name): \($0.details)"
      },
      rest: group.people - group.listed.count)
  }
}
