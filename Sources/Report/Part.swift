import RecordStream

extension Report.Part {
  /// The parts of a section: that of its feed, if it has one, and those of the loads.
  static func all(of section: Section, _ topic: Topic, marksNew: Bool) -> [Report.Part] {
    let feed = section.isOfLoads ? [] : [Report.Part(section, topic, marksNew: marksNew)]
    let loads = section.loads.filter { topic != .people || ($0.rejected ?? 0) > 0 }.map {
      LoadText.part($0, topic, marksNew: marksNew)
    }
    let failure = topic == .people ? nil : section.loadFailure.map(LoadText.failure)
    return feed + loads + [failure].compactMap(\.self)
  }

  init(_ section: Section, _ topic: Topic, marksNew: Bool) {
    let chapter = { (title: String, reasons: ReasonGroups, note: String?, isBrief: Bool) in
      Report.Chapter(
        title, reasons, section, note: note, isBrief: isBrief,
        marksNew: marksNew && section.novelty != nil)
    }
    let isPending = section.isUndelivered && !section.isDeliveredInPart
    let rejected = chapter(
      isPending ? "To be corrected" : "Not loaded, to be corrected", section.rejected,
      "People are delivered with a later feed once their record is corrected.", false)
    let excluded = chapter("Left out by policy", section.excluded, "There is nothing to do.", false)?.withoutRemedies
    let warned = chapter("Accepted, with a warning", section.warned, nil, true)
    let fields = topic == .people ? nil : Report.Chapter(section.alarms, section.words)
    self.init(
      title: SectionTitle.title(of: section), notice: DeliveryText.notice(of: section, topic),
      chapters: (topic == .failures ? [fields] : [rejected, fields, excluded, warned]).compactMap(\.self))
  }
}

extension Report.Chapter {
  /// Nil if there are no people in it.
  fileprivate init?(
    _ title: String, _ reasons: ReasonGroups, _ section: Section, note: String?, isBrief: Bool, marksNew: Bool
  ) {
    guard reasons.people > 0 else { return nil }
    let mark = "Those marked “new” were in no message of the last \(ToldPeople.keptDays) days."
    let notes = [note, marksNew && reasons.new ?? 0 > 0 ? mark : nil].compactMap(\.self)
    self.init(
      title: "\(title): \(Phrase.people(reasons.people))", note: notes.isEmpty ? nil : notes.joined(separator: " "),
      groups: reasons.sorted.map { Report.Group($0, section, marksNew: marksNew) }, isBrief: isBrief)
  }

  /// The chapter without what would have to be done.
  fileprivate var withoutRemedies: Report.Chapter {
    var chapter = self
    for index in groups.indices { chapter.groups[index].reason.remedy = nil }
    return chapter
  }

  /// The fields that nobody has; nil if there is none.
  fileprivate init?(_ alarms: [FieldRecord], _ words: Vocabulary) {
    if alarms.isEmpty { return nil }
    let texts: [(Bool, ReasonText)] = [
      (
        false,
        ReasonText(
          "gone", "Fields that have become empty",
          "Earlier feeds had values in them. Alma deletes the addresses, e-mails, identifiers and statistics that a feed no longer has.",
          "\(words.suppliers): was the field renamed, or is it no longer filled?")
      ),
      (
        true,
        ReasonText(
          "missing", "Fields that the feed does not have",
          "The library's profile reads them, and no person has them.",
          "The library, which maintains the profile: is the name right? If it is: \(words.suppliers).")
      ),
    ]
    let groups = texts.compactMap { isMissing, reason -> Report.Group? in
      let fields = alarms.filter { ($0.alarm == .missing) == isMissing }.map { Self.line($0, words) }
      if fields.isEmpty { return nil }
      return Report.Group(
        reason: reason, count: fields.count, size: Phrase.counted(fields.count, "field", "fields"), people: fields)
    }
    self.init(
      title: "Fields without values: \(Phrase.counted(alarms.count, "field", "fields"))", note: nil, groups: groups)
  }

  /// `Barcode (PU_BARCODE), empty for all 812 people; last filled in the feed of 2026-11-20`.
  private static func line(_ alarm: FieldRecord, _ words: Vocabulary) -> Report.Item {
    let label = words.label(of: alarm.field)
    guard case .gone(let lastSeen) = alarm.alarm else { return Report.Item(name: label) }
    let last = lastSeen.map { "; last filled in the feed of \($0)" } ?? ""
    return Report.Item(name: "\(label), empty for all \(Phrase.people(alarm.people))\(last)")
  }
}

extension Report.Group {
  fileprivate init(_ group: ReasonGroups.Group, _ section: Section, marksNew: Bool) {
    let words = section.words
    let shared = group.sharedDetails?.text(words)
    let listed = group.listed(section.listLimit, newFirst: marksNew)
    self.init(
      reason: ReasonText.of(group.code, because: group.because, in: words), count: group.people,
      size: Phrase.people(group.people), field: shared.flatMap { $0.isEmpty ? nil : $0 },
      people: listed.map { person in
        let details = shared == nil ? person.details.text(words) : ""
        let name = person.name(words)
        return Report.Item(name: details.isEmpty ? name : "\(name): \(details)", isNew: marksNew && person.isNew)
      },
      rest: group.people - listed.count)
  }
}
