package import Calendar
import HTTPS
import JSONText
import RecordStream
import StageErrors

/// A job of Alma's.
struct Job: Equatable {
  let id: String
  let name: String
}

/// A run of a job: what Alma calls an instance.
struct JobRun: Equatable {
  let id: String
  let submitted: Instant?
  let ended: Instant?
  let status: String
  let counters: [LoadRecord.Counter]

  /// When it looked for files, as far as is known: its start, or its submission if it has not started.
  let time: Instant

  /// Reads an instance, from a list or alone.
  /// - Throws: 76 if it has no id, status or time.
  init(_ value: JSONValue) throws(LoadError) {
    guard let id = value["id"]?.scalarText, id.isPathSegment else {
      throw LoadError("a run of Alma's job has no usable id", .protocolViolation)
    }
    guard let status = value["status"]?["value"]?.string else {
      throw LoadError("the run \(id) of Alma's job has no status.value", .protocolViolation)
    }
    submitted = value["submit_time"]?.instant
    guard let time = value["start_time"]?.instant ?? submitted else {
      throw LoadError("the run \(id) of Alma's job has no usable start_time or submit_time", .protocolViolation)
    }
    (self.id, self.status, self.time) = (id, status, time)
    ended = value["end_time"]?.instant
    counters = (value["counter"]?.elements ?? []).map { counter in
      LoadRecord.Counter(
        code: counter["type"]?["value"]?.scalarText, label: counter["type"]?["desc"]?.scalarText,
        value: counter["value"]?.scalarText)
    }
  }

  /// What the status means. The code table is systemJobStatus; its names were taken from programs that read them.
  var outcome: LoadRecord.Outcome {
    switch status {
    case "QUEUED", "PENDING", "INITIALIZING", "RUNNING", "FINALIZING": .running
    case "FAILED", "SYSTEM_ABORTED", "USER_ABORTED", "SKIPPED", "MANUAL_HANDLING_REQUIRED": .failed
    case _ where status.hasPrefix("COMPLETED_"): .loaded
    default: .unknown
    }
  }
}

/// Finds the counts of users among the counters of a run, whose codes are not documented.
package struct CounterNames: Equatable, Sendable {
  /// Codes that were given by hand.
  private var codes: [RecordField: String] = [:]

  /// Recognizes counters by the words of their English labels.
  package init() {}

  /// Recognizes counters by codes first.
  /// - Parameter text: words such as `rejected=CODE`.
  package init?(_ text: String) {
    for word in text.split(separator: " ") {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let field = LoadRecord.countFields.first(where: { $0.rawValue == parts[0] }) else {
        return nil
      }
      codes[field] = parts[1]
    }
  }

  /// The counts that are recognized. One that has two different values is left out, as one that is not recognized is.
  func counts(in counters: [LoadRecord.Counter]) -> [RecordField: Int] {
    var counts: [RecordField: Int] = [:]
    for field in LoadRecord.countFields {
      let values = Set(counters.filter { names($0, field) }.map { $0.value.flatMap { Int($0) } })
      if values.count == 1, let value = values.first ?? nil, value >= 0 { counts[field] = value }
    }
    return counts
  }

  /// The label of `Total users updated successfully` has `users` and `updated`. That of `Total records processed`
  /// counts files.
  private func names(_ counter: LoadRecord.Counter, _ field: RecordField) -> Bool {
    if let code = codes[field] { return counter.code == code }
    let label = counter.label?.lowercased() ?? ""
    return label.contains("users") && label.contains(field.rawValue)
  }
}

extension JobService {
  /// The maximum numbers of jobs and of runs that are looked at.
  private static let maxJobs = 1000
  private static let maxRuns = 500
  /// The beginning of the English name of the job that loads users.
  private static let defaultName = "Users SYNCHRONIZE using profile"

  /// Throws unless there is exactly one job of a name, and its runs of a day can be listed.
  package mutating func check(job name: String?, on day: Day) throws {
    _ = try runs(of: try job(name), from: day, to: day)
  }

  /// Finds the job that loads users.
  /// - Parameter name: its id, which is not checked, its name or the beginning of its name; nil for the default.
  /// - Throws: 78 if there is no such job, or more than one.
  mutating func job(_ name: String?) throws -> Job {
    if let name, name.wholeMatch(of: /[A-Z][0-9]+/) != nil { return Job(id: name, name: name) }
    let wanted = name ?? Self.defaultName
    var others: [Job] = []
    // Which category the job has is not documented.
    for filter in ["type=SCHEDULED&category=USERS", "type=SCHEDULED"] {
      let jobs: [Job]
      do {
        jobs = try list("jobs?\(filter)", limit: Self.maxJobs).compactMap { value in
          guard let id = value["id"]?.scalarText, id.isPathSegment else { return nil }
          return Job(id: id, name: value["name"]?.string ?? "")
        }
      } catch let error as LoadError where error.isInvalidFilter { continue }
      let same = jobs.filter { $0.name == wanted }
      let fitting = same.isEmpty ? jobs.filter { $0.name.hasPrefix(wanted) } : same
      if let job = fitting.first, fitting.count == 1 { return job }
      guard fitting.isEmpty else {
        throw LoadError(
          "\(fitting.count) jobs of Alma have a name that begins with '\(wanted)': \(Self.names(fitting)); "
            + "give the id of one with --job (LOAD_REPORT_JOB)", .configuration)
      }
      others = jobs
    }
    let found = others.isEmpty ? "Alma has no scheduled job that the key may see" : "Alma has \(Self.names(others))"
    throw LoadError(
      "no scheduled job of Alma has a name that begins with '\(wanted)'; \(found); give its name or id with --job "
        + "(LOAD_REPORT_JOB)", .configuration)
  }

  private static func names(_ jobs: [Job]) -> String {
    let names = jobs.prefix(5).map { "\($0.id) (\($0.name.quotedName))" }
    return (names + (jobs.count > 5 ? ["and \(jobs.count - 5) more"] : [])).joined(separator: ", ")
  }

  /// The runs of a job that were submitted on some days, the earliest first. The time zone of the days is not
  /// documented, nor is the order of Alma's list.
  /// - Throws: 78 if Alma knows no such job.
  mutating func runs(of job: Job, from first: Day, to last: Day) throws -> [JobRun] {
    do {
      let path = "jobs/\(job.id)/instances?submit_date_from=\(first)&submit_date_to=\(last)"
      return try list(path, limit: Self.maxRuns).map(JobRun.init).sorted { ($0.time, $0.id) < ($1.time, $1.id) }
    } catch let error as LoadError where error.isUnknownJob {
      throw LoadError(
        "Alma has no job \(job.id): \(error); see --job (LOAD_REPORT_JOB)", .configuration)
    }
  }

  /// The run with its counters, which the list need not have.
  mutating func run(_ id: String, of job: Job) throws -> JobRun {
    try JobRun(get("jobs/\(job.id)/instances/\(id)"))
  }

  /// The entries that a run rejected.
  mutating func events(of run: String, _ job: Job, limit: Int) throws -> [JSONValue] {
    Array(try list("jobs/\(job.id)/instances/\(run)/events", limit: limit).prefix(limit))
  }
}

extension String {
  /// It can be a part of a path without being encoded.
  fileprivate var isPathSegment: Bool { wholeMatch(of: /[A-Za-z0-9_-]+/) != nil }
}
