import Calendar
import RecordStream

/// The deliveries that a run of Alma's job has probably loaded together. Alma does not say which files a run has
/// loaded.
struct DeliveryGroup: Equatable {
  let deliveries: [DeliveryRecord]
  /// The ids of the runs that may have loaded them, the most probable first.
  let candidates: [String]
  /// The first candidate started after the deliveries. The others count only if they processed as many users.
  let beginsAfter: Bool

  /// When the last file was in the drop directory.
  var at: Instant { deliveries.compactMap(\.at).max() ?? Instant(seconds: 0) }

  /// The seconds by which the clocks may differ.
  private static let clockSkew = 300

  /// Groups deliveries by the first run that started after them.
  /// - Parameters:
  ///   - deliveries: with the time of each.
  ///   - runs: the runs of the job, the earliest first.
  static func groups(of deliveries: [DeliveryRecord], among runs: [JobRun]) -> [DeliveryGroup] {
    var order: [Int] = []
    var members: [Int: [DeliveryRecord]] = [:]
    for delivery in deliveries.sorted(by: { ($0.at?.seconds ?? 0) < ($1.at?.seconds ?? 0) }) {
      let first = firstRun(after: delivery, among: runs)
      if members[first] == nil { order.append(first) }
      members[first, default: []].append(delivery)
    }
    return order.map { first in
      let deliveries = members[first] ?? []
      // Alma may have loaded a file long before it was found to be there.
      let isOld = deliveries.contains { $0.outcome == .alreadyThere }
      let at = deliveries.compactMap(\.at).min() ?? Instant(seconds: 0)
      // A run that is the first after other deliveries belongs to those.
      let others = runs.indices.filter { !order.contains($0) }
      let later = others.filter { $0 > first }
      let earlier = others.filter { index in
        index < first && (isOld || runs[index].ended.map { $0 > at } ?? true)
      }
      let candidates = (first < runs.count ? [first] : []) + later + earlier.reversed()
      return DeliveryGroup(
        deliveries: deliveries, candidates: candidates.map { runs[$0].id }, beginsAfter: first < runs.count)
    }
  }

  /// The index of the first run that started after a delivery; the number of runs if there is none.
  private static func firstRun(after delivery: DeliveryRecord, among runs: [JobRun]) -> Int {
    let at = (delivery.at?.seconds ?? 0) - clockSkew
    return runs.firstIndex { $0.time.seconds >= at } ?? runs.count
  }
}
