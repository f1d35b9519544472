import Calendar
import RecordStream

/// What Alma did with deliveries, in sentences.
enum LoadText {
  static func part(_ load: Load, _ topic: Topic, marksNew: Bool) -> Report.Part {
    let groups = load.groups.sorted { $0.count > $1.count }.map { group in
      Report.Group(
        reason: group.reason, count: group.count, size: Phrase.people(group.count),
        people: group.people.map { Report.Item(name: $0.name, isNew: marksNew && $0.isNew) },
        rest: group.people.isEmpty ? 0 : group.count - group.people.count)
    }
    let count = groups.reduce(0) { $0 + $1.count }
    let chapter = Report.Chapter(
      title: "Refused by Alma: \(Phrase.people(count))",
      note: "These people were in the file. Values that Alma quotes are left out here; the report of the job has them.",
      groups: groups)
    return Report.Part(
      title: title(of: load.record), notice: notice(of: load),
      chapters: groups.isEmpty || topic == .failures ? [] : [chapter])
  }

  /// Alma could not be asked.
  static func failure(_ error: String) -> Report.Part {
    Report.Part(
      title: "What Alma did with the feed",
      notice: Report.Notice(
        tone: .bad, title: "Alma could not be asked",
        sentences: ["load-report said: \(Phrase.excerpt(error, limit: 500))"],
        advice:
          "The library's systems administrator corrects what load-report names. The delivery does not depend on it."),
      chapters: [])
  }

  /// `What Alma did with the feed of 2026-11-21`.
  private static func title(of load: LoadRecord) -> String {
    let window = SectionTitle.window(
      from: load.deliveries.compactMap(\.since).min(), to: load.deliveries.compactMap(\.until).max())
    return "What Alma did with the feed" + (window.map { " of \($0)" } ?? "")
  }

  private static func notice(of load: Load) -> Report.Notice {
    let record = load.record
    let delivered = record.users.map { "\(Phrase.counted($0, "person was", "people were")) delivered." }
    switch record.outcome {
    case .loaded: return loaded(load)
    case .failed:
      return Report.Notice(
        tone: .bad, title: "Alma's job failed", sentences: [run(record), delivered].compactMap(\.self),
        advice:
          "The people of this feed may not be in Alma. \(look) If the job does not take the file again, deliver the feed again."
      )
    case .running:
      return Report.Notice(
        tone: record.isOverdue ? .bad : .good, title: "Alma's job has not ended",
        sentences: [run(record), delivered].compactMap(\.self), advice: record.isOverdue ? look : nil)
    case .waiting:
      return Report.Notice(
        tone: record.isOverdue ? .bad : .good,
        title: record.isOverdue ? "Alma's job did not run" : "Alma's job has not run yet",
        sentences: [delivered].compactMap(\.self),
        advice: record.isOverdue
          ? "The people of this feed are not in Alma yet. \(look) Is it active and scheduled?" : nil)
    case .unknown:
      return Report.Notice(
        tone: .attention, title: "Alma's job has a status that is not known here",
        sentences: [run(record), delivered].compactMap(\.self), advice: nil)
    }
  }

  private static let look = "The library's Alma administrator has to look at the job: Admin > Monitor Jobs."

  private static func loaded(_ load: Load) -> Report.Notice {
    let record = load.record
    var sentences = [run(record)]
    if record.agrees == false, let users = record.users, let processed = record.counts[.processed] {
      sentences.append(
        "\(Phrase.counted(users, "person was", "people were")) delivered, and Alma counts \(Phrase.number(processed)): "
          + "it has loaded other files too, or not all of these.")
    } else if let users = record.users {
      let count = Phrase.counted(users, "person was", "people were")
      sentences.append("\(count) delivered\(record.agrees == true ? ", and Alma counts as many" : "").")
    }
    if record.counts.isEmpty, !record.counters.isEmpty {
      let counters = record.counters.prefix(12).map { counter in
        "\(Phrase.excerpt(counter.label ?? counter.code ?? "no label")) \(Phrase.excerpt(counter.value ?? "?"))"
      }
      sentences.append("Its counters were not recognized: \(counters.joined(separator: ", ")).")
    }
    if let error = record.error { sentences.append("Not all could be read: \(Phrase.excerpt(error, limit: 500))") }
    let isRefused = (load.rejected ?? 0) > 0
    return Report.Notice(
      tone: record.agrees == false ? .bad : load.hasFailed || isRefused ? .attention : .good, title: numbers(load),
      sentences: sentences,
      advice: record.agrees == false
        ? look : isRefused && load.groups.isEmpty ? "The report of the job in Alma says who was refused. \(look)" : nil)
  }

  /// `8 people processed: 2 created, 3 updated, 1 unchanged, 2 refused`. A number that is not known is left out.
  private static func numbers(_ load: Load) -> String {
    let record = load.record
    let words: [(RecordField, String)] = [
      (.created, "created"), (.updated, "updated"), (.unchanged, "unchanged"), (.rejected, "refused"),
    ]
    let counts = words.compactMap { field, word in record.counts[field].map { "\(Phrase.number($0)) \(word)" } }
    let list = counts.joined(separator: ", ")
    guard let processed = record.counts[.processed] else {
      return counts.isEmpty ? "Alma's job has ended" : "Alma's job has ended: \(list)"
    }
    return "\(Phrase.people(processed)) processed\(counts.isEmpty ? "" : ": \(list)")"
  }

  private static func run(_ record: LoadRecord) -> String {
    let name = record.instance.map { "Run \(Phrase.excerpt($0))" } ?? "The run"
    let start = record.submitted.map { " of \(Phrase.time($0))" } ?? ""
    let status = record.almaStatus.map { " (\(Phrase.excerpt($0)))" } ?? ""
    let end = record.ended.map { " ended at \(Phrase.time($0))" } ?? ""
    return "\(name)\(start)\(end.isEmpty ? " of Alma's job has not ended" : end)\(status)."
  }

  /// A line for each load, without the people: `Alma  E 2026-11-21 to 2026-11-22  loaded: 8 processed, 2 rejected`.
  static func line(of load: LoadRecord) -> String {
    let windows = load.deliveries.map { delivery in
      "\(delivery.status ?? "any") \(Phrase.window(delivery.since, delivery.until))"
    }
    let counts = LoadRecord.countFields.compactMap { field in load.counts[field].map { "\($0) \(field.rawValue)" } }
    return "Alma  \(windows.joined(separator: ", "))  \(load.outcome.rawValue)\(load.isOverdue ? ", overdue" : "")"
      + ": \(load.users.map(String.init) ?? "?") delivered" + counts.map { ", \($0)" }.joined()
      + (load.agrees == false ? "; the numbers do not agree" : "")
  }
}
