import Calendar
import Foundation
import RecordStream
import TestSupport
import Testing

/// Every question of an operator, asked of many simulated nights with failures in them. ALMA_PEOPLE_NIGHTS is how many.
@Suite struct NightQuestionsTests {
  private static let nights = ProcessInfo.processInfo.environment["ALMA_PEOPLE_NIGHTS"].flatMap(Int.init) ?? 8
  private let first = 10
  let site: NightSite
  private let metrics: String

  init() throws {
    site = try NightSite()
    metrics = site.directory.path("alma.prom")
    site.settings["ALMA_PEOPLE_INPUT"] = site.directory.path("people-{status}.json")
    site.settings["ALMA_PEOPLE_KEEP_RUNS"] = "1000"
    site.settings["ALMA_PEOPLE_METRICS"] = metrics
  }

  @Test func `each question is answered rightly after each night`() throws {
    var model = NightModel()
    var random = SplitMix(seed: 14)
    // Each kind of night comes, and then some at random. The first one is good, so that there is something to miss.
    var events = NightModel.Event.allCases + [.good]
    while events.count < Self.nights { events.append(NightModel.Event.allCases.randomElement(using: &random) ?? .good) }
    for (index, event) in events.prefix(Self.nights).enumerated() {
      let day = first + index
      if event == .machineOff { model.skip(day) } else { try night(event, day, &model, &random) }
      try ask(&model, day, at: NightModel.time(day, 1, 30), "\(event)")
      if index % 3 != 1 {
        for name in site.names(in: "drop") where name.hasSuffix(".zip") {
          try site.move("drop/\(name)", "drop/\(name).handled")
        }
        model.takeAll()
      }
      if index % 2 == 0 {
        try ask(&model, day, at: NightModel.time(day, 2, 30), "\(event), after Alma's job")
        try askInWords(model, day, NightModel.time(day, 2, 30), "\(event), after Alma's job")
      }
      if index % 4 == 0 { try answer(model.load(), NightModel.time(day, 3)) }
    }
    let last = first + Self.nights - 1
    try ask(&model, last, at: NightModel.time(last, 4), "the end")
    try askInWords(model, last, NightModel.time(last, 4), "the end")
    try checkHistory(model)
    try checkPage(model, last)
    try checkPeople(model)
  }

  /// One night with its event, in the installation and in the model.
  private func night(
    _ event: NightModel.Event, _ day: Int, _ model: inout NightModel, _ random: inout SplitMix
  ) throws {
    var changes: [String: String] = [:]
    var failure: Int32?
    switch event {
    case .good, .machineOff: break
    case .storeAway: (changes, failure) = (["ALMA_PEOPLE_INPUT": "/nowhere/{status}"], 66)
    case .dropAway: failure = 73
    case .tooManyRejects: (changes, failure) = (["PATRON_VALIDATE_MAX_REJECTS": "0"], 65)
    case .killed: (changes, failure) = (try site.replacing("feed-zip", with: "cat >/dev/null; kill -9 $$"), 137)
    case .mailAway: changes = ["NOTIFY_MAIL_MAILDIR": "/dev/null/mail"]
    }
    for status in NightModel.statuses {
      let sent = (0..<Int.random(in: 1...9, using: &random)).map { "\(status == "E" ? 1 : 2)\(day)0\($0)" }
      let rejected = status == "I" ? [] : (0..<Int.random(in: 1...4, using: &random)).map { "3\(day)0\($0)" }
      let people = sent.map { Self.person($0, status, "2029-06-30") } + rejected.map { Self.person($0, status, " ") }
      try site.directory.write("people-\(status).json", "[\(people.joined(separator: ","))]")
      let fails = event != .tooManyRejects || status == "E" ? failure : nil
      model.add(
        NightModel.Feed(
          day: day, status: status, since: model.nextSince(status, on: day), sent: sent,
          rejected: event == .storeAway ? [] : rejected, failure: fails,
          hasDocuments: event != .storeAway, lastSeen: NightModel.time(day)))
    }
    if event == .dropAway { try site.move("drop", "away") }
    let night = try site.run("run", changes, day: day)
    if event == .dropAway { try site.move("away", "drop") } else { model.look(at: NightModel.time(day)) }
    model.unsentMail = event == .mailAway ? night.status : nil
    #expect(night.status == failure ?? model.unsentMail ?? 0, "\(event): \(night.errors)")
    for name in site.names(in: "drop") where name.contains("_\(NightModel.date(day))_") {
      let time = Date(timeIntervalSince1970: Double(NightModel.time(day)))
      try FileManager.default.setAttributes(
        [.modificationDate: time], ofItemAtPath: site.directory.path("drop/\(name)"))
    }
    try checkMetrics(model, day)
  }

  private static func person(_ emplid: String, _ status: String, _ expiration: String) -> String {
    #"{"EMPLID":"\#(emplid)","CAMPUS_ID":"n\#(emplid)","PU_BARCODE":"221\#(emplid)","ELIGIBLE_INELIGIBLE":"\#(status)","#
      + #""VCURSTATUS":"STUD","PVPATRONGROUP":"UGRD","PATRON_EXPIRATION_DATE":"\#(expiration)","#
      + #""PRF_OR_PRI_FIRST_NAM":"Ann","PRF_OR_PRI_LAST_NAME":"Lee"}"#
  }

  /// Alma's answer about some files, as load-report leaves it.
  private func answer(_ feeds: [NightModel.Feed], _ time: Int) throws {
    if feeds.isEmpty { return }
    let lines = feeds.map { feed -> String in
      let delivery = DeliveryRecord(
        outcome: .delivered, status: feed.status, since: Day(NightModel.date(feed.since)),
        until: Day(NightModel.date(feed.day)), users: feed.sent.count)
      var load = LoadRecord(.loaded, of: [delivery], at: Instant(seconds: time))
      load.counts = [.processed: feed.sent.count, .created: 1]
      return String(decoding: load.encoded(), as: UTF8.self)
    }
    try FileManager.default.createDirectory(
      atPath: site.directory.path("state/loads"), withIntermediateDirectories: true)
    try site.directory.write("state/loads/\(time)Z.1.ndjson", lines.joined(separator: "\n") + "\n")
  }

  /// Asks for the state.
  private func ask(_ model: inout NightModel, _ day: Int, at time: Int, _ event: String) throws {
    let clock = ["SOURCE_DATE_EPOCH": "\(time)"]
    let status = try site.run("status --ndjson", clock)
    model.look(at: time)
    #expect(status.status == model.exitStatus(at: time), "\(day) \(event): \(status.text) \(status.errors)")
    let records = try status.lines.map { try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? Fields) }
    let states = records.filter { $0.text("kind") == "state" }
    #expect(states.map { $0.text("status") } == NightModel.statuses)
    for state in states {
      let status = state.text("status")
      #expect(state.text("outcome") == (model.isLate(status, at: time) ? "late" : "good"), "\(day) \(event)")
      #expect(state["at"] as? String == model.coveredUntil(status).map { NightModel.instant(NightModel.time($0)) })
      #expect(state["owed"] as? [String] == model.owed(status, on: day), "\(day) \(event)")
      #expect(state["no_run"] as? [String] == model.noRun(before: day), "\(day) \(event)")
      #expect(state["failed_on"] as? [String] == model.failedOn(status, before: day), "\(day) \(event)")
      let failure = model.feeds.last { $0.status == status }?.failure
      #expect((state["exit_status"] as? Int).map(Int32.init) == failure, "\(day) \(event)")
    }
    let receipts = records.filter { $0.text("kind") == "receipt" }
    let delivered = model.feeds.filter { $0.failure == nil && time - NightModel.time($0.day) <= 14 * 86_400 }
    #expect(receipts.map { $0.text("name") }.sorted() == delivered.map(\.file).sorted(), "\(day) \(event)")
    let look = try #require(records.first { $0.text("kind") == "look" })
    #expect(look["waiting"] as? [String] == model.waiting.sorted(), "\(day) \(event)")
    #expect(records.filter { $0.text("kind") == "drop" }.map { $0.text("name") } == model.waiting.sorted())
  }

  private func askInWords(_ model: NightModel, _ day: Int, _ time: Int, _ event: String) throws {
    let status = try site.run("status", ["SOURCE_DATE_EPOCH": "\(time)"])
    #expect(status.status == model.exitStatus(at: time))
    for (line, name) in zip(status.lines, NightModel.statuses) {
      let last = try #require(model.feeds.last { $0.status == name && $0.failure == nil })
      #expect(
        line == "\(name)  \(model.isLate(name, at: time) ? "LATE" : "good")  delivered "
          + "\(NightModel.instant(NightModel.time(last.day))): \(NightModel.date(last.since)) to "
          + "\(NightModel.date(last.day)), \(last.sent.count) user\(last.sent.count == 1 ? "" : "s")",
        "\(day) \(event)")
    }
    for feed in model.feeds where feed.failure == nil && time - NightModel.time(feed.day) <= 14 * 86_400 {
      let line = try #require(status.lines.first { $0.hasPrefix("  \(feed.file): ") })
      if let before = feed.takenBefore {
        let times = "taken between \(feed.clock(feed.lastSeen)) and \(feed.clock(before))"
        #expect(line.contains(times), "\(day) \(event): \(line), and not \(times)")
      } else {
        #expect(line.contains("waiting at "), "\(day) \(event): \(line)")
      }
      let load = "loaded: \(feed.sent.count) processed, 1 created"
      #expect(line.contains(load) == feed.isLoaded, "\(day) \(event): \(line)")
      let isUnasked = !feed.isLoaded && model.feeds.contains(where: \.isLoaded)
      #expect(line.contains("Alma was never asked about it") == isUnasked, "\(day) \(event): \(line)")
    }
    if let failed = model.lastFailure() {
      let isHealed = model.feeds.last { $0.status == failed.status }?.failure == nil
      let line = try #require(status.lines.first { $0.hasPrefix("last failure: run ") })
      #expect(line.contains(", \(failed.status): ") && line.contains("(exit status \(failed.failure ?? 0))"))
      #expect(line.hasSuffix("a later run has succeeded") == isHealed, "\(day) \(event): \(line)")
    }
    #expect(status.text.contains("mail not sent: run ") == (model.unsentMail != nil), "\(day) \(event)")
    let waiting = status.text.components(separatedBy: "waiting in ").last ?? ""
    for file in model.waiting { #expect(waiting.contains("  \(file), ")) }
    if model.waiting.isEmpty { #expect(waiting.hasSuffix(":\n  nothing\n")) }
  }

  private func checkMetrics(_ model: NightModel, _ day: Int) throws {
    let text = try String(contentsOfFile: metrics, encoding: .utf8)
    for status in NightModel.statuses {
      let last = try #require(model.feeds.last { $0.status == status })
      let isCounted = last.hasDocuments && last.failure != 137
      let people = isCounted ? last.sent.count + last.rejected.count : nil
      func sample(_ name: String, _ labels: String = "") -> Int? {
        text.split(separator: "\n").first { $0.hasPrefix("alma_people_\(name){status=\"\(status)\"\(labels)} ") }
          .flatMap { $0.split(separator: " ").last }.flatMap { Int($0) }
      }
      #expect(sample("last_run_timestamp_seconds") == NightModel.time(last.day))
      #expect(sample("last_success_timestamp_seconds") == model.coveredUntil(status).map { NightModel.time($0) })
      #expect(sample("last_run_failed") == (last.failure == nil ? 0 : 1), "\(day)")
      #expect(sample("delivered") == (last.failure == nil ? last.sent.count : 0), "\(day)")
      if isCounted {
        #expect(sample("people") == people && sample("accepted") == last.sent.count, "\(day)")
        if status == "E" { #expect(sample("rejected", ",code=\"no_expiration_date\"") == last.rejected.count) }
      }
      let oldest = model.lastLook.waiting[status]?.min()
      let wait = oldest.map { model.lastLook.time - NightModel.time($0) } ?? 0
      #expect(sample("waiting_seconds") == wait, "\(day) \(status): \(text)")
      #expect(text.contains("\nalma_people_last_look_timestamp_seconds \(model.lastLook.time)\n"))
    }
  }
}

private typealias Fields = [String: Any]

extension Fields {
  fileprivate func text(_ name: String) -> String { self[name] as? String ?? "" }
}
