package import Calendar
package import RecordStream

/// The history as one page of HTML that needs nothing else: no script, no font, no picture from elsewhere.
package struct HistoryPage: Sendable {
  /// The page. Lines end with LF.
  package let html: String

  /// How many days are shown if nothing is given.
  private static let defaultDays = 60

  /// - Parameters:
  ///   - since: the first day, in UTC; nil for sixty days before the end.
  ///   - until: the day after the last; nil for today as the last.
  ///   - ledger: the ledger of the same installation.
  ///   - late: the maximum age of the last delivery, in seconds.
  ///   - statuses: those that are delivered; nil is any.
  package init(
    _ history: History, _ ledger: Ledger, from since: Day?, to until: Day?, at now: Instant, late: Int,
    statuses: [String?]
  ) {
    let end = until ?? now.day.adding(days: 1)
    let begin = min(since ?? end.adding(days: -Self.defaultDays), end.adding(days: -1))
    let first = history.runs.compactMap(\.time?.day).min().map { max($0, begin) } ?? begin
    let days = (min(first, end.adding(days: -1)).number..<end.number).map(Day.init(number:))
    let shown = history.runs.filter { run in run.time.map { $0.day >= begin && $0.day < end } ?? false }
    var html = Self.head
    html += "<h1>Alma people feed</h1>\n"
    html +=
      "<p class=\"note\">\(days[0]) to \(days[days.count - 1]), days and times in UTC. Made \(Phrase.time(now)).</p>\n"
    html += Self.figures(ledger, at: now, late: late, statuses: statuses)
    for status in Self.statuses(statuses, in: shown) {
      let runs = shown.filter { $0.status == status }
      html += Self.people(runs, history, status, days, now)
    }
    html += Self.reasons(shown, days)
    html += Self.deliveries(shown, history, ledger)
    self.html = html + "</main>\n</body>\n</html>"
  }

  /// Those that are configured, then others that the history has.
  private static func statuses(_ configured: [String?], in runs: [RunRecord]) -> [String?] {
    var statuses = configured
    for run in runs where !statuses.contains(run.status) { statuses.append(run.status) }
    return statuses
  }

  static func name(_ status: String?) -> String {
    switch status {
    case "E": "Eligible people (E)"
    case "I": "People who became ineligible (I)"
    case let status?: "People of status \(status)"
    case nil: "All people"
    }
  }

  /// A card for each status: good or LATE, and the last delivery.
  private static func figures(_ ledger: Ledger, at now: Instant, late: Int, statuses: [String?]) -> String {
    let cards = statuses.map { status -> String in
      let last = LastDelivery(in: ledger, status: status, late: late, at: now)
      var text = "nothing was delivered yet"
      if let record = last.record, let at = record.at {
        let users =
          record.outcome == .empty ? "nobody to deliver" : Phrase.counted(record.users ?? 0, "user", "users")
        text = "last delivery \(Phrase.time(at)): \(users), \(Phrase.window(record.since, record.until))"
      }
      return "<div class=\"card \(last.isLate ? "bad" : "good")\"><b>\(last.isLate ? "LATE" : "good")</b>"
        + "<span>\(escaped(name(status)))</span><span>\(escaped(text))</span></div>\n"
    }
    return "<div class=\"cards\">\n\(cards.joined())</div>\n"
  }

  /// The people a day as bars.
  private static func people(
    _ runs: [RunRecord], _ history: History, _ status: String?, _ days: [Day], _ now: Instant
  ) -> String {
    let title = "<h2>\(escaped(name(status))): people a day</h2>\n"
    let nights = Nights(history.runs(of: status), until: now, days: Int.max / 2)
    var chart = BarChart(days: days)
    for run in runs where run.outcome != .failed && run.outcome != .alreadyThere {
      guard let day = run.time?.day else { continue }
      chart.add(run.counts[.users] ?? 0, of: .sent, on: day)
      chart.add(run.counts[.rejected] ?? 0, of: .rejected, on: day)
      chart.add(run.counts[.excluded] ?? 0, of: .excluded, on: day)
    }
    for day in nights.noRun { chart.mark(day, .missed) }
    for day in nights.failed { chart.mark(day, .failed) }
    let missed = nights.noRun.filter { day in days.contains(day) }.count
    let failed = nights.failed.filter { day in days.contains(day) }.count
    let sums = BarChart.Part.allCases.filter { chart.total(of: $0) > 0 }.map { part in
      "<span class=\"key\"><i class=\"\(part.rawValue)\"></i>\(Phrase.number(chart.total(of: part))) \(part.label)</span>"
    }
    let marks = [(BarChart.Mark.missed, missed, "without a run"), (.failed, failed, "failed")].filter { $0.1 > 0 }.map {
      "<span class=\"key\"><i class=\"\($0.0.rawValue)\"></i>\(Phrase.counted($0.1, "night", "nights")) \($0.2)</span>"
    }
    return title + "<p class=\"keys\">\((sums + marks).joined(separator: " "))</p>\n" + chart.svg(label: "People a day")
  }

  /// A small chart for each reason.
  private static func reasons(_ runs: [RunRecord], _ days: [Day]) -> String {
    let codes = Set(runs.flatMap(\.reasons.keys))
    var html = "<h2>Rejected people by reason</h2>\n"
    if codes.isEmpty { return html + "<p class=\"note\">Nobody was rejected.</p>\n" }
    let charts = codes.map { code -> (code: String, chart: BarChart) in
      var chart = BarChart(days: days)
      for run in runs where run.outcome != .failed && run.outcome != .alreadyThere {
        if let day = run.time?.day, let count = run.reasons[code] { chart.add(count, of: .rejected, on: day) }
      }
      return (code, chart)
    }
    let most = charts.map(\.chart.highest).max() ?? 0
    html +=
      "<p class=\"note\">All on one scale; the highest bar is \(Phrase.people(most)). A person can have several.</p>\n"
    html += "<div class=\"reasons\">\n"
    for (code, chart) in charts.sorted(by: {
      ($1.chart.total(of: .rejected), $0.code) < ($0.chart.total(of: .rejected), $1.code)
    }) {
      html += "<div><p><code>\(escaped(code))</code> <b>\(Phrase.number(chart.total(of: .rejected)))</b></p>\n"
      html +=
        chart.svg(label: "\(Phrase.excerpt(code, limit: 500)) a day", height: 40, highest: most, hasAxis: false)
        + "</div>\n"
    }
    return html + "</div>\n"
  }

  /// A row for each feed, the newest first, and above it one for each delivery of it again.
  private static func deliveries(_ runs: [RunRecord], _ history: History, _ ledger: Ledger) -> String {
    let rows = runs.reversed().flatMap { run -> [String] in
      let isFailed = run.outcome == .failed
      let end = run.exitStatus.map { " (exit status \($0))" } ?? ""
      let what =
        isFailed
        ? "failed: \(run.error ?? "no message")\(end)"
        : run.outcome == .empty
          ? "nobody to deliver"
          : run.outcome == .alreadyThere ? "was there already" : "delivered"
      let users = run.counts[.users].map { isFailed ? "" : Phrase.number($0) } ?? ""
      let name = [
        run.time.map { Phrase.time($0).replacing(" UTC", with: "") } ?? run.run, run.status ?? "any",
        Phrase.window(run.since, run.until),
      ]
      let feed = [
        what, users, run.counts[.rejected].map(Phrase.number) ?? "", history.pickUps(of: run),
        history.loadText(of: run),
      ]
      let again = ledger.deliveriesAgain(of: run).reversed().map { delivery in
        row(
          name + [
            DeliveryText.again(delivery), delivery.users.map(Phrase.number) ?? "", "", history.pickUp(of: delivery),
            history.loadText(of: delivery),
          ])
      }
      return again + [row(name + feed, isFailed: isFailed)]
    }
    let header = ["Run", "", "Window", "Outcome", "Users", "Rejected", "Taken by Alma", "Loaded by Alma"]
      .map { "<th>\($0)</th>" }.joined()
    if rows.isEmpty { return "<h2>Runs</h2>\n<p class=\"note\">There was no run in these days.</p>\n" }
    return "<h2>Runs</h2>\n<div class=\"wide\"><table>\n<thead><tr>\(header)</tr></thead>\n<tbody>\n"
      + rows.joined() + "</tbody>\n</table></div>\n"
  }

  private static func row(_ cells: [String], isFailed: Bool = false) -> String {
    let classes = ["", "", "", isFailed ? "bad" : "", "number", "number", "", ""]
    let text = zip(cells, classes).map { "<td\($1.isEmpty ? "" : " class=\"\($1)\"")>\(escaped($0))</td>" }
    return "<tr>\(text.joined())</tr>\n"
  }

  static func escaped(_ text: String) -> String { HTMLRendering.escaped(Phrase.excerpt(text, limit: 500)) }
}
