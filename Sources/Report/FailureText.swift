import RecordStream

/// Why a feed was not delivered, and what to do about it. It never advises to go past a limit or a check.
struct FailureText {
  /// The cause, its figures, and what the program said.
  let sentences: [String]
  let advice: String
  /// Whether the delivery itself failed, and not a step before it.
  let isOfDelivery: Bool

  /// - Parameter section: one that is not delivered.
  init(_ section: Section) {
    let failed = FailedStep(section)
    let failure = failed.failure
    let cause = Cause(failed)
    var sentences = ["Cause: \(cause.title). \(failed.step(section.words))"]
    if failure?.limit != nil { sentences += Self.figures(section, failed.summary) }
    // feed-push refuses an incomplete stream; its error only repeats that an earlier step failed.
    let objects = section.summaries.contains { $0.stage == StageName.push && $0.failure?.exitStatus == 65 }
    if let error = failure?.error ?? (objects ? nil : section.deliveries.failures.first?.error) {
      sentences.append("The program said: \(Phrase.excerpt(error, limit: 500))")
    }
    self.sentences = sentences
    isOfDelivery = failed.stage == StageName.push
    advice =
      "\(cause.advice) People who were not delivered are delivered by the next run that succeeds."
  }

  /// How many people were rejected, and why, where that is what the limit is about.
  private static func figures(_ section: Section, _ summary: SummaryRecord?) -> [String] {
    guard let people = summary?[.people], let rejected = summary?[.rejected], people > 0, rejected > 0 else {
      return []
    }
    let percent = Int((Double(rejected) * 100 / Double(people)).rounded())
    let share = percent == 0 ? "less than 1" : "\(percent)"
    let reasons = section.rejected.sorted.sorted { $0.people > $1.people }.prefix(3).map { group in
      "\(ReasonText.of(group.code, because: group.because, in: section.words).title) (\(Phrase.number(group.people)))"
    }
    return [
      "\(Phrase.number(rejected)) of \(Phrase.people(people)) were rejected, which is \(share) percent."
        + (reasons.isEmpty ? "" : " The most frequent reasons: \(reasons.joined(separator: ", ")).")
    ]
  }
}

/// The first step that failed.
private struct FailedStep {
  /// The name of the stage; nil if it is not known.
  var stage: String?
  /// Its summary; nil if it ended without one.
  var summary: SummaryRecord?
  var failure: SummaryRecord.Failure?

  init(_ section: Section) {
    let summaries = section.summaries
    let delivery = section.deliveries.failures.first.map {
      SummaryRecord.Failure(error: $0.error ?? "no reason is given", exitStatus: 0)
    }
    if let first = summaries.first(where: { !$0.isComplete }) {
      if first.failure != nil || first.stage == StageName.fetch || !StageName.ofFeed.contains(first.stage) {
        (stage, summary, failure) = (first.stage, first, first.failure)
      } else if first.stage == StageName.push, let delivery {
        (stage, failure) = (StageName.push, delivery)
      } else {
        // A stage that is killed or refuses its options writes no summary. The one after it finds its input cut off.
        let present = Set(summaries.map(\.stage))
        stage = StageName.ofFeed.prefix { $0 != first.stage }.last { !present.contains($0) } ?? first.stage
      }
    } else if section.isComplete, let delivery {
      (stage, failure) = (StageName.push, delivery)
    } else {
      let present = Set(summaries.map(\.stage))
      stage =
        summaries.last.map { _ in StageName.ofFeed.last { present.contains($0) }.flatMap(Self.next) } ?? StageName.fetch
    }
    if failure == nil, let reported = section.reported {
      (stage, failure) = (reported.stage, reported.failure)
    }
  }

  private static func next(_ stage: String) -> String? {
    StageName.ofFeed.firstIndex(of: stage).flatMap { $0 + 1 < StageName.ofFeed.count ? StageName.ofFeed[$0 + 1] : nil }
  }

  /// `The step that failed: checking the people (patron-validate).`
  func step(_ words: Vocabulary) -> String {
    guard let stage else { return "Which step failed is not known." }
    let name = Phrase.excerpt(stage)
    let work: String? =
      switch stage {
      case StageName.fetch: "fetching the people\(words == .peopleSoft ? " from PeopleSoft" : "")"
      case StageName.validate: "checking the people"
      case StageName.convert: "writing the file for Alma"
      case StageName.pack: "packing the file for Alma"
      case StageName.push: "delivering the file to Alma"
      default: nil
      }
    return "The step that failed: \(work.map { "\($0) (\(name))" } ?? (name.isEmpty ? "a step without a name" : name))."
  }
}

/// What an exit status or a limit means at a stage.
private struct Cause {
  let title: String
  let advice: String

  private static let repeated = "If this message comes again, "
  private static let administrator = "the library's systems administrator"

  init(_ failed: FailedStep) {
    guard let failure = failed.failure else {
      self.init(
        "a program ended before its work was done",
        "It was killed, or the computer was switched off. \(Self.repeated)\(Self.administrator) looks for the reason in the log "
          + "of the run and of the computer.")
      return
    }
    if let limit = failure.limit {
      self.init(limit: limit)
    } else {
      self.init(failure.exitStatus, failed.stage)
    }
  }

  private init(_ title: String, _ advice: String) { (self.title, self.advice) = (title, advice) }

  private init(limit: String) {
    switch limit {
    case "max-rejects", "max-reject-percent":
      self.init(
        "too many people were rejected",
        "Look at the reasons. If most people have the same one, its cause is probably one fault at the source of the feed, or "
          + "a list of codes that is out of date. Nothing is delivered until fewer people are rejected.")
    case "max-alarms":
      self.init(
        "fields of the feed have no values",
        "Ask those who run the source of the feed about the fields listed below. Nothing is delivered until they are "
          + "filled again, or the library's profile is corrected.")
    default:
      self.init(
        "the feed is much smaller or larger than usual",
        "Ask those who run the source of the feed whether the number of people is right. Nothing of this size is delivered "
          + "until that is known.")
    }
  }

  private init(_ exitStatus: Int, _ stage: String?) {
    let place =
      stage == StageName.fetch ? "the API store" : stage == StageName.push ? "the drop directory" : "the other side"
    switch exitStatus {
    case 64, 78:
      self.init(
        "a setting is wrong, or a file that it names",
        "\(Self.sentence(Self.administrator)) corrects what the program names.")
    case 65:
      self.init(
        stage == StageName.fetch
          ? "the answer of the API store cannot be used" : "the data of the feed did not pass a check",
        "\(Self.repeated)\(Self.administrator) asks those who run the source of the feed.")
    case 66:
      self.init("a file is missing or cannot be read", "\(Self.sentence(Self.administrator)) makes it readable.")
    case 69:
      self.init(
        "\(place) refuses the request",
        "\(Self.sentence(Self.administrator)) asks those who run \(place) why.")
    case 73:
      self.init(
        stage == StageName.push
          ? "the drop directory cannot be used, or has another file of that name"
          : "a file or directory cannot be made",
        "\(Self.sentence(Self.administrator)) looks at the place that the program names.")
    case 74:
      self.init(
        "reading or writing failed, or a disk is full",
        "\(Self.sentence(Self.administrator)) looks at the disk and its free space.")
    case 75:
      self.init(
        "\(place) could not be reached, or asked to try again later",
        "\(Self.repeated)\(Self.administrator) asks those who run \(place).")
    case 76:
      self.init(
        "\(place) gave an answer that cannot be understood",
        "\(Self.repeated)\(Self.administrator) asks those who run \(place).")
    case 77:
      self.init(
        "\(place) refused the login, or did not prove its identity",
        "\(Self.sentence(Self.administrator)) checks the login, and whether those who run \(place) have changed its key or "
          + "certificate. Until that is known, nothing is sent there.")
    case 70:
      self.init(
        "a program has a fault", "\(Self.sentence(Self.administrator)) reports it to the authors of alma-people.")
    case 129...:
      self.init(
        "a program was killed",
        "\(Self.repeated)\(Self.administrator) looks for the reason: a shortage of memory, a time limit, or a person.")
    default:
      self.init("a program failed", "\(Self.sentence(Self.administrator)) looks at the log of the run.")
    }
  }

  private static func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}

/// The failure of a program as the script that runs it reports it: `feed-zip: killed (exit status 137)`.
package struct ReportedFailure: Sendable {
  let stage: String
  let failure: SummaryRecord.Failure

  /// Nil if the text is blank, as after a write to a full disk.
  package init?(_ text: String) {
    var error = text.trimmingPrefix { $0.isWhitespace }
    while error.last?.isWhitespace == true { error.removeLast() }
    if error.isEmpty { return nil }
    var exitStatus = 0
    if let end = error.firstMatch(of: /\ ?\(exit status (\d{1,3})\)$/) {
      exitStatus = Int(end.1) ?? 0
      error = error[..<end.range.lowerBound]
    }
    stage = String(error.prefix { $0 != ":" && $0 != " " })
    failure = SummaryRecord.Failure(error: String(error), exitStatus: exitStatus)
  }
}
