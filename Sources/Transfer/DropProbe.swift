import Calendar
public import Stage

/// Tries all that a delivery needs, and delivers nothing.
public struct DropProbe {
  private let target: DropTarget
  private let options: DeliveryOptions
  private let clock: Clock
  private let diagnostics: Diagnostics

  public init(of target: DropTarget, _ options: DeliveryOptions, clock: Clock, diagnostics: Diagnostics) {
    self.target = target
    self.options = options
    self.clock = clock
    self.diagnostics = diagnostics
  }

  /// Writes a file under a temporary name, looks at it, gives it another one, and removes it.
  public func run() throws {
    try target.withDirectory { directory in
      let part = PartName(for: PartName.check)
      // Alma passes over this one, too.
      let renamed = PartName(for: PartName.check + "-renamed")
      try directory.removeDead(part, now: clock.now.seconds, diagnostics)
      do {
        try write(part.name, in: directory)
        try check(part.name, in: directory)
        guard try directory.rename(part.name, to: renamed.name) else {
          throw TransferError.nameTaken(place(renamed.name))
        }
        try directory.remove(renamed.name)
      } catch {
        // The first error is the one to tell.
        for name in [part.name, renamed.name] { try? directory.remove(name) }
        throw error
      }
    }
  }

  private static let contents = Array("feed-push --check\n".utf8)

  private func write(_ name: String, in directory: any DropDirectory) throws {
    try directory.create(name, mode: options.mode)
    try directory.append(Self.contents.span)
    try directory.finishFile()
  }

  private func check(_ name: String, in directory: any DropDirectory) throws {
    let size = Self.contents.count
    if let bytes = try directory.entry(name)?.bytes, bytes != size {
      throw TransferError.damaged(place: place(name), "\(bytes) bytes of a test file have arrived of \(size)")
    }
    guard options.verification == .sha256 else { return }
    var found: [UInt8] = []
    let reading = try directory.read(name, atMost: size + 1) { bytes in
      for index in bytes.indices { found.append(bytes[index]) }
    }
    guard reading == .done else { throw TransferError.unreadable(place(name)) }
    guard found == Self.contents else { throw TransferError.damaged(place: place(name), "read back, its bytes differ") }
  }

  private func place(_ name: String) -> String { target.location.url(of: name) }
}
