import Calendar
public import StageSupport

/// Tries all that a delivery needs, and delivers nothing.
public struct DropProbe {
  private let target: DropTarget
  private let mode: UInt16
  private let clock: Clock

  public init(of target: DropTarget, mode: UInt16, clock: Clock) {
    self.target = target
    self.mode = mode
    self.clock = clock
  }

  /// Makes a file under a temporary name, looks at it, and removes it.
  public func run() throws {
    try target.withDirectory { directory in
      let part = PartName(for: "feed-push-check")
      for entry in try directory.entries() ?? [] where part.isDead(entry, now: clock.now.seconds) {
        try? directory.remove(entry.name)
      }
      try directory.create(part.name, mode: mode)
      do {
        let bytes = Array("feed-push --check\n".utf8)
        try directory.append(bytes.span)
        try directory.finishFile()
        guard try directory.entry(part.name)?.bytes == bytes.count else {
          throw TransferError.damaged(place: target.location.url(of: part.name), "a test file did not arrive whole")
        }
      } catch {
        try? directory.remove(part.name)
        throw error
      }
      try directory.remove(part.name)
    }
  }
}
