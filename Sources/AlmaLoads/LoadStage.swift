package import Calendar
import JSONText
package import RecordStream
package import Stage
package import StageErrors

/// Asks Alma what became of the deliveries in a ledger or stream, and writes a `load` record for each run of its job,
/// and a `load-reject` record for each entry that the run rejected.
package struct LoadStage: StreamStage, ~Copyable {
  package struct Options: Sendable {
    /// The job's id, its name or the beginning of its name; nil for the usual name.
    package var job: String?
    /// Deliveries before this day are not asked about; nil for those of the last seven days.
    package var since: Day?
    /// The file of loads that were reported.
    package var loads: String?
    /// Documents that were delivered, by which rejected people are named.
    package var people: [String] = []
    package var counters = CounterNames()
    /// How long after the delivery the run is expected to have ended, in seconds.
    package var expectedWithin = 86_400
    /// The maximum number of rejected people; nil for no maximum.
    package var maxRejected: Int?

    package init() {}
  }

  /// The maximum number of events of a run that are read.
  private static let maxEvents = 10_000
  private static let defaultDays = 7
  /// The maximum number of runs that are compared with a group of deliveries.
  private static let maxCandidates = 20

  private let options: Options
  private let clock: Clock
  private let diagnostics: Diagnostics
  private let open: () throws -> JobServiceOptions
  private var reported: ReportedLoads?
  private var deliveries: [DeliveryRecord] = []
  private var isLedger = false
  private var hasBegun = false
  private var loads: [LoadRecord] = []
  /// Those that Alma is not asked about again.
  private var settled: [LoadRecord] = []
  private var rejected = 0
  /// The errors of a complete stream.
  private var failures: [LoadError] = []

  /// - Parameter open: reads the key. It is called only if there is something to ask.
  package init(
    _ options: Options, clock: Clock, diagnostics: Diagnostics, open: @escaping () throws -> JobServiceOptions
  ) {
    (self.options, self.clock, self.diagnostics, self.open) = (options, clock, diagnostics, open)
  }

  /// Opens the file of loads that were reported.
  package mutating func openFiles() throws { if let path = options.loads { reported = try ReportedLoads(path) } }

  package mutating func takeRecord(_ record: Record, _ output: inout LineWriter) throws {
    // A ledger has no feed line, and no summary at its end.
    if !hasBegun { isLedger = record.kind == .window || record.kind == .delivery }
    hasBegun = true
    if record.kind == .feed || record.kind == .summary { isLedger = false }
    if record.kind == .delivery, let delivery = try DeliveryRecord(record), isAskedFor(delivery) {
      deliveries.append(delivery)
    }
    try output.write(record)
  }

  /// Its file has people, and may have been loaded since the first day that is asked about.
  private func isAskedFor(_ delivery: DeliveryRecord) -> Bool {
    guard delivery.outcome == .delivered || delivery.outcome == .alreadyThere, delivery.users != 0,
      let at = delivery.at
    else { return false }
    return at.day >= options.since ?? clock.now.day.adding(days: -Self.defaultDays)
  }

  package mutating func finish(_ account: StreamAccount, _ output: inout LineWriter) throws {
    // The same file can be delivered, and found to be there later.
    var keys: Set<String> = []
    let asked = deliveries.filter { keys.insert(LoadRecord.Delivery($0).key).inserted && reported?.has($0) != true }
    guard let first = asked.compactMap(\.at).min() else {
      return diagnostics.note("there is no delivery to ask about")
    }
    var service = try JobService(try open(), diagnostics)
    let job = try service.job(options.job)
    diagnostics.note("asking for the runs of job \(job.id)")
    let runs = try service.runs(of: job, from: first.day.adding(days: -1), to: clock.now.day.adding(days: 1))
    for group in DeliveryGroup.groups(of: asked, among: runs) {
      var load = try load(of: group, job, &service)
      let events = try events(of: &load, job, &service)
      let people = try DeliveredPeople(in: options.people, namedBy: events)
      try output.write(line: load.encoded().span)
      for event in events {
        let reject = LoadRejectRecord(instance: load.instance, emplid: people.person(of: event), event: event)
        try output.write(line: reject.encoded().span)
      }
      loads.append(load)
      rejected += load.counts[.rejected] ?? load.events ?? 0
      judge(load, group)
    }
  }

  /// What became of a group of deliveries.
  private func load(
    of group: DeliveryGroup, _ job: Job, _ service: inout JobService
  ) throws -> LoadRecord {
    var first: LoadRecord?
    for (index, id) in group.candidates.prefix(Self.maxCandidates).enumerated() {
      let load = load(of: group, job, try service.run(id, of: job))
      if load.agrees == true { return load }
      guard index == 0, group.beginsAfter else { continue }
      first = load
      // A later run is looked for if this one has failed, or has not loaded these deliveries.
      if load.outcome != .failed, load.agrees != false { break }
    }
    if let first { return first }
    var load = LoadRecord(.waiting, of: group.deliveries, at: clock.now)
    load.job = job.id
    load.isOverdue = isLate(group)
    return load
  }

  private func load(of group: DeliveryGroup, _ job: Job, _ run: JobRun) -> LoadRecord {
    var load = LoadRecord(run.outcome, of: group.deliveries, at: clock.now)
    (load.job, load.instance, load.almaStatus) = (job.id, run.id, run.status)
    (load.submitted, load.ended, load.counters) = (run.submitted, run.ended, run.counters)
    if load.outcome == .running {
      load.ended = nil
      load.isOverdue = isLate(group)
      return load
    }
    load.counts = options.counters.counts(in: run.counters)
    if let users = load.users, let processed = load.counts[.processed] { load.agrees = users == processed }
    return load
  }

  /// The entries that the run rejected. Counts them in the record, and says there why if they could not be read.
  private mutating func events(
    of load: inout LoadRecord, _ job: Job, _ service: inout JobService
  ) throws -> [JSONValue] {
    guard load.outcome == .loaded, let run = load.instance, load.counts[.rejected] != 0 else { return [] }
    do {
      let events = try service.events(of: run, job, limit: Self.maxEvents)
      load.events = events.count
      if let rejected = load.counts[.rejected], rejected != events.count {
        let limit = events.count == Self.maxEvents ? ", the maximum that is read" : ""
        load.error = "Alma counts \(rejected) rejected users in run \(run), and returned \(events.count) events\(limit)"
        diagnostics.report(load.error ?? "")
      }
      return events
    } catch let error as LoadError where error.exitStatus == .refused {
      load.error = error.description
      failures.append(error)
      return []
    }
  }

  private func isLate(_ group: DeliveryGroup) -> Bool {
    clock.now.seconds - group.at.seconds > options.expectedWithin
  }

  /// Adds the errors that the stage ends with although Alma has answered. Rejected people are none.
  private mutating func judge(_ load: LoadRecord, _ group: DeliveryGroup) {
    let run = load.instance.map { "run \($0)" } ?? "job \(load.job ?? "")"
    if load.agrees == false, let users = load.users, let processed = load.counts[.processed] {
      failures.append(LoadError("\(users) users were delivered, and \(run) of Alma processed \(processed)", .badData))
    }
    if let limit = options.maxRejected, let rejected = load.counts[.rejected] ?? load.events, rejected > limit {
      failures.append(
        LoadError("\(run) of Alma rejected \(rejected) users, and --max-rejected is \(limit)", .badData))
    }
    if load.isOverdue {
      let state = load.outcome == .running ? "has not ended" : "has not run"
      failures.append(LoadError("\(run) of Alma \(state) since the delivery of \(group.at)", .temporary))
    }
    // A later run may still load the deliveries. Until it is expected to have ended, Alma is asked again.
    let isSettled = load.outcome == .loaded && load.agrees != false
    if isSettled || (isLate(group) && (load.outcome == .loaded || load.outcome == .failed)) { settled.append(load) }
  }

  /// The work is complete if Alma has answered for all deliveries of a ledger, or of a complete stream.
  package func isComplete(_ account: StreamAccount) -> Bool { isLedger || account.endsComplete }

  package var failure: (any StageError)? {
    guard let error = failures.min(by: { $0.exitStatus.rawValue < $1.exitStatus.rawValue }) else { return nil }
    let more = failures.count > 1 ? " (and \(failures.count - 1) more)" : ""
    return LoadError(error.description + more, error.exitStatus)
  }

  /// Remembers what was reported. If a run is killed before that, it is reported again.
  package mutating func conclude() throws { if !settled.isEmpty { try reported?.add(settled) } }

  package var counts: [(RecordField, Int)] {
    let (outcomes, rejected) = (loads.map(\.outcome), rejected)
    let (loaded, failed) = (outcomes.count { $0 == .loaded }, outcomes.count { $0 == .failed })
    return [
      (.loaded, loaded), (.failed, failed), (.waiting, outcomes.count - loaded - failed), (.rejected, rejected),
    ]
  }
}
