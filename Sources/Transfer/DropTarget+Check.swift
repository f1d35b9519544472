import Calendar
package import Stage

extension DropTarget {
  /// Does all that a delivery does, with a small hidden file: creates it, writes it, compares it, renames it, and removes it, also
  /// after an error.
  package func check(_ options: DeliveryOptions, clock: Clock) throws {
    try withDirectory { directory in
      let part = PartName(for: PartName.check)
      // Alma ignores this name too.
      let renamed = PartName(for: PartName.check + "-renamed")
      try directory.removeAbandoned(part, now: clock.now.seconds, diagnostics)
      do {
        try write(part.name, options, in: directory)
        try compare(part.name, options, in: directory)
        guard try directory.rename(part.name, to: renamed.name) else {
          throw TransferError.nameTaken(location.url(of: renamed.name))
        }
        try directory.remove(renamed.name)
      } catch {
        // The first error is the one to report.
        for name in [part.name, renamed.name] { try? directory.remove(name) }
        throw error
      }
    }
  }

  private static let testContents = Array("feed-push --check\n".utf8)

  private func write(_ name: String, _ options: DeliveryOptions, in directory: any DropDirectory) throws {
    try directory.create(name, mode: options.mode)
    try directory.append(Self.testContents.span)
    try directory.finishFile()
  }

  private func compare(_ name: String, _ options: DeliveryOptions, in directory: any DropDirectory) throws {
    let place = location.url(of: name)
    let size = Self.testContents.count
    if let bytes = try directory.entry(name)?.bytes, bytes != size {
      throw TransferError.damaged(place: place, "\(bytes) of \(size) bytes of a test file have arrived")
    }
    guard options.verification == .sha256 else { return }
    var found: [UInt8] = []
    let result = try directory.read(name, atMost: size + 1) { bytes in
      for index in bytes.indices { found.append(bytes[index]) }
    }
    guard result == .done else { throw TransferError.unreadable(place) }
    guard found == Self.testContents else { throw TransferError.damaged(place: place, "read back, its bytes differ") }
  }
}
