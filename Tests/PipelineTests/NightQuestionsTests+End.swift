import Foundation
import TestSupport
import Testing

/// The questions about all nights, asked at the end.
extension NightQuestionsTests {
  func checkHistory(_ model: NightModel) throws {
    let records = try site.run("history --ndjson").lines
    #expect(records.count == model.feeds.count && !records.joined().contains("Lee"))
    let table = try site.run("history").lines.dropFirst()
    #expect(table.count == model.feeds.count)
    for (line, feed) in zip(table, model.feeds) {
      let window = "\(NightModel.date(feed.since)) to \(NightModel.date(feed.day))"
      let outcome = feed.failure == nil ? "delivered" : "failed"
      #expect(line.contains("  \(feed.status)  ") && line.contains(outcome), "\(line)")
      #expect(line.contains(window) || feed.failure == 137 || !feed.hasDocuments, "\(line)")
      #expect(line.contains("  \(feed.pickUp)  ") || line.hasSuffix("  \(feed.pickUp)"), "\(line): \(feed.pickUp)")
      #expect(line.contains("loaded: \(feed.sent.count) processed") == feed.isLoaded, "\(line)")
    }
  }

  func checkPage(_ model: NightModel, _ last: Int) throws {
    let page = try site.run("report", ["SOURCE_DATE_EPOCH": "\(NightModel.time(last, 4))"])
    #expect(page.status == 0)
    let off = page.text.matches(of: /: no run<\/title>/).count
    #expect(
      off == model.daysOff.filter { $0 <= last && $0 > last - 60 }.count * 2 - (model.daysOff.contains(last) ? 2 : 0))
    #expect(page.text.matches(of: /: failed<\/title>/).count == model.feeds.count { $0.failure != nil })
    let rows = page.text.matches(of: /<tr><td.*<\/tr>/).map { String($0.0) }
    #expect(rows.count == model.feeds.count)
    for (row, feed) in zip(rows.reversed(), model.feeds) {
      #expect(row.contains("<td>\(NightModel.date(feed.day)) 00:45</td><td>\(feed.status)</td>"), "\(row)")
      #expect(row.contains("<td>\(feed.pickUp)</td>"), "\(row)")
      #expect(row.contains("<td class=\"bad\">failed: ") == (feed.failure != nil), "\(row)")
    }
    let rejected = model.feeds.filter { $0.failure == nil }.reduce(0) { $0 + $1.rejected.count }
    #expect(page.text.contains("<code>no_expiration_date</code> <b>\(rejected)</b>"))
  }

  /// Asks for people of each kind of night.
  func checkPeople(_ model: NightModel) throws {
    var asked: Set<String> = []
    for feed in model.feeds.reversed() {
      guard asked.insert("\(feed.failure ?? 0) \(feed.takenBefore == nil) \(feed.status)").inserted else { continue }
      let sent = try site.run("explain \(feed.sent[0])")
      if !feed.hasDocuments {
        #expect(sent.text.hasPrefix("\(feed.sent[0]) is in no kept run; the kept runs begin with "))
      } else if feed.failure != nil {
        #expect(sent.lines.count == 2 && sent.lines[0].contains("  not delivered: alma_people_"), "\(sent.text)")
      } else {
        let taken = feed.takenBefore.map {
          "taken by Alma between \(NightModel.instant(feed.lastSeen)) and \(NightModel.instant($0))"
        }
        let line = "delivered at \(NightModel.instant(NightModel.time(feed.day))) in \(feed.file), "
        #expect(
          sent.lines.count == 2 && sent.lines[0].contains(line + (taken ?? "still waiting for Alma")), "\(sent.text)")
      }
      guard let person = feed.rejected.first, feed.failure != 137 else { continue }
      for identifier in [person, "n\(person)", "221\(person)"] {
        let rejected = try site.run("explain \(identifier)")
        let reason = "\(feed.status)  rejected: no_expiration_date (PATRON_EXPIRATION_DATE)"
        #expect(rejected.lines.count == 2 && rejected.lines[0].hasSuffix(reason), "\(rejected.text)")
      }
    }
  }
}
