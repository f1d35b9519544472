import Calendar

/// What the mail says, before it is laid out as text or HTML: plain sentences and numbers, in the order in which they are read.
struct Report: Equatable, Sendable {
  enum Tone: Equatable, Sendable {
    case good, attention, bad
  }

  /// A count that is shown large at the top.
  struct Figure: Equatable, Sendable {
    let number: Int
    let label: String
    let tone: Tone?
  }

  /// A feed.
  struct Part: Equatable, Sendable {
    let title: String
    let delivery: Notice
    let chapters: [Chapter]
  }

  /// What happened to the delivery.
  struct Notice: Equatable, Sendable {
    let tone: Tone
    let title: String
    let sentences: [String]
    /// Where something went wrong.
    let advice: String?
  }

  /// People of one verdict.
  struct Chapter: Equatable, Sendable {
    let title: String
    let note: String?
    let tone: Tone?
    let groups: [Group]
    /// People run on in lines, because they are not what the message is about.
    let isBrief: Bool
  }

  /// People with the same reason.
  struct Group: Equatable, Sendable {
    /// Patron-validate's code for the reason.
    let code: String
    let title: String
    let count: Int
    let meaning: String
    let remedy: String?
    /// Said once of all of them.
    let field: String?
    let people: [String]
    /// How many are not listed.
    let rest: Int
  }

  let subject: String
  private(set) var headline: String
  let tone: Tone
  let figures: [Figure]
  let parts: [Part]
  let footer: [String]

  init(_ sections: [Section], attachment: Attachment? = nil) {
    let subject = SubjectText(sections)
    self.subject = subject.subject
    headline = subject.headline
    tone = subject.tone
    figures = Self.figures(of: sections)
    parts = sections.map(Part.init)
    footer = sections.flatMap(FooterText.lines) + FooterText.closing(attachment)
  }

  /// The same report, saying since when it has been the same.
  func since(_ first: Instant?, at now: Instant) -> Report {
    var report = self
    if let first {
      let days = Phrase.counted(now.day.number - first.day.number, "day", "days")
      report.headline += " First reported on \(first.day), \(days) ago."
    }
    return report
  }

  private static func figures(of sections: [Section]) -> [Figure] {
    let sum = { (count: (Section) -> Int) in sections.reduce(0) { $0 + count($1) } }
    var figures: [Figure] = []
    if sections.contains(where: { !$0.deliveries.isEmpty || !$0.isComplete }) {
      let delivered = sum { $0.deliveries.users }
      let isBad = sections.contains(where: \.isUndelivered)
      figures.append(Figure(number: delivered, label: "delivered", tone: isBad ? .bad : .good))
    } else if sections.contains(where: { $0.accepted != nil }) {
      figures.append(Figure(number: sum { $0.accepted ?? 0 }, label: "accepted", tone: nil))
    }
    let rejected = sum(\.rejected.people)
    // Of a feed that was not delivered nobody is loaded.
    let label = sections.contains(where: \.isUndelivered) ? "to be put right" : "not loaded"
    return figures + [
      Figure(number: rejected, label: label, tone: rejected > 0 ? .attention : nil),
      Figure(number: sum(\.excluded.people), label: "left out", tone: nil),
      Figure(number: sum(\.warned.people), label: "warnings", tone: nil),
    ]
  }
}

extension Report.Part {
  init(_ section: Section) {
    let rejected = Report.Chapter(
      section.isUndelivered && !section.isDeliveredInPart ? "Problems found so far" : "Not loaded", section.rejected,
      note: "Once the record is put right, the person comes with a later feed.",
      tone: .attention)
    let excluded = Report.Chapter("Left out by policy", section.excluded, note: "There is nothing to do.", tone: nil)
    let warned = Report.Chapter(
      "Accepted, with a warning", section.warned, note: nil, tone: nil,
      isBrief: true)
    self.init(
      title: SectionTitle.title(of: section), delivery: DeliveryText.notice(of: section),
      chapters: [rejected, excluded, warned].compactMap { $0 })
  }
}

extension Report.Chapter {
  /// Nil where there is nobody in it.
  init?(_ title: String, _ roll: ReasonRoll, note: String?, tone: Report.Tone?, isBrief: Bool = false) {
    guard roll.people > 0 else { return nil }
    self.init(
      title: "\(title): \(Phrase.people(roll.people))", note: note, tone: tone,
      groups: roll.sorted.map(Report.Group.init), isBrief: isBrief)
  }
}

extension Report.Group {
  init(_ group: ReasonRoll.Group) {
    let text = ReasonText.of(group.code)
    self.init(
      code: group.code.isEmpty ? "no code" : group.code, title: text.title, count: group.people, meaning: text.meaning,
      remedy: text.remedy,
      field: group.sharedDetails.flatMap { $0.isEmpty ? nil : $0 },
      people: group.listed.map {
        group.sharedDetails != nil || $0.details.isEmpty ? $0.name : "\($0.name): \($0.details)"
      },
      rest: group.people - group.listed.count)
  }
}
