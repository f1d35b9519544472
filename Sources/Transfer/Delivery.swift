import Calendar
import Digest
import RecordStream
import Stage

/// How feeds are delivered.
public struct DeliveryOptions: Sendable {
  /// What is looked at to see that a file has arrived whole.
  public enum Verification: String, Sendable, CaseIterable {
    case size
    /// The file is read back.
    case sha256
  }

  /// A different file of the same name that waits is replaced.
  public var replaces = false
  /// Nothing is written: a file that is not there already is refused, because a later feed was delivered.
  var mayWrite = true
  public var verification = Verification.size
  /// The permissions of delivered files.
  public var mode: UInt16 = 0o640
  /// What Alma adds to the names of files that it has taken.
  public var handledSuffix = ".handled"

  public init() {}
}

/// Puts one zip into a drop directory, whole and once.
struct Delivery {
  let zip: ReadyZip
  let options: DeliveryOptions
  let location: DropLocation
  let diagnostics: Diagnostics
  let clock: Clock
  var progress: Progress
  /// The file may have its name already: an earlier run may have given it, or the answer to the rename was lost.
  private(set) var mayBeThere: Bool
  /// The rename was sent.
  private(set) var hasAskedForName = false

  /// The file's URL, for people.
  private var place: String { location.url(of: zip.name) }

  /// - Returns: `delivered` or `alreadyThere`.
  mutating func run(in directory: any DropDirectory) throws -> DeliveryRecord.Outcome {
    let part = PartName(for: zip.name)
    try directory.removeDead(part, now: clock.now.seconds, diagnostics)
    do {
      if try isThere(directory) { return .alreadyThere }
    } catch let error as TransferError {
      if case .nameTaken = error { mayBeThere = false }
      throw error
    }
    mayBeThere = false
    guard options.mayWrite else { throw TransferError.laterDelivered(place) }
    do {
      try upload(to: part.name, in: directory)
      progress.clear()
      try check(part.name, in: directory)
      guard try giveName(to: part.name, in: directory) else {
        // Where this fails, a later run removes it.
        try? directory.remove(part.name)
        return .alreadyThere
      }
    } catch {
      progress.clear()
      // The first error is the one to tell.
      try? directory.remove(part.name)
      throw error
    }
    try confirm(directory)
    return .delivered
  }

  /// Alma takes a zip, or another run puts one there, between any two operations. Then all is looked at again, this often at most.
  private static let looks = 3

  /// The same bytes lie in the directory, waiting or taken.
  /// - Throws: where other bytes wait under the name, and may not be replaced.
  private func isThere(_ directory: any DropDirectory) throws -> Bool {
    for _ in 0..<Self.looks {
      if let answer = try look(at: directory) { return answer }
    }
    throw TransferError.unsteady(place)
  }

  /// - Returns: nil where a file is no longer what it was when it was looked at.
  private func look(at directory: any DropDirectory) throws -> Bool? {
    let waiting = try directory.entry(zip.name)
    let taken = try directory.entry(zip.name + options.handledSuffix)
    for entry in [waiting, taken].compactMap(\.self) {
      switch try comparison(with: entry, in: directory) {
      case .same: return true
      case .different: continue
      case .gone: return nil
      }
    }
    if waiting != nil {
      if options.replaces {
        diagnostics.note("\(zip.name) waits with other bytes, and will be replaced")
      } else if try directory.entry(zip.name) != nil {
        throw TransferError.nameTaken(place)
      } else {
        return nil
      }
    } else if taken != nil {
      diagnostics.note("an older \(zip.name) was taken; the new one has other bytes, and will be delivered")
    }
    return false
  }

  private enum Comparison {
    case same
    case different
    case gone
  }

  private func comparison(with entry: DropEntry, in directory: any DropDirectory) throws -> Comparison {
    guard entry.bytes == nil || entry.bytes == zip.bytes else { return .different }
    let (reading, digest) = try read(entry.name, in: directory)
    switch reading {
    case .done: return digest == zip.sha256 ? .same : .different
    case .gone: return .gone
    case .refused:
      guard try directory.entry(entry.name) != nil else { return .gone }
      guard entry.bytes != nil else { return .different }
      diagnostics.note("\(entry.name) has the same size, and may not be read to be compared")
      return .same
    }
  }

  /// - Returns: false where the same bytes have come under the name meanwhile.
  private mutating func giveName(to part: String, in directory: any DropDirectory) throws -> Bool {
    hasAskedForName = true
    mayBeThere = true
    if options.replaces {
      try directory.replace(zip.name, with: part)
      return true
    }
    for _ in 0..<Self.looks {
      if try directory.rename(part, to: zip.name) { return true }
      if try isThere(directory) { return false }
      // What had the name has been taken since.
    }
    throw TransferError.nameTaken(place)
  }

  private mutating func upload(to name: String, in directory: any DropDirectory) throws {
    diagnostics.note("writing \(zip.bytes) bytes to \(name)")
    try directory.create(name, mode: options.mode)
    var sent = 0
    try zip.read { bytes in
      try directory.append(bytes)
      sent += bytes.count
      progress.show((sent >> 20, "of \(zip.bytes >> 20) MB"))
    }
    try directory.finishFile()
  }

  /// Looks whether all has arrived, before the file gets its name.
  private func check(_ name: String, in directory: any DropDirectory) throws {
    let bytes = try directory.entry(name)?.bytes
    if let bytes, bytes != zip.bytes {
      throw TransferError.damaged(place: place, "\(bytes) bytes have arrived of \(zip.bytes)")
    }
    guard options.verification == .sha256 || bytes == nil else { return }
    let (reading, digest) = try read(name, in: directory)
    if reading == .done {
      guard digest == zip.sha256 else {
        throw TransferError.damaged(place: place, "read back, its sha256 is \(digest), not \(zip.sha256)")
      }
    } else if options.verification == .sha256 {
      throw TransferError.unreadable(place)
    } else {
      diagnostics.note("neither the size of \(name) nor its bytes can be seen; the server has confirmed each write")
    }
  }

  /// Looks at the file under its name. It is delivered, and may have been taken already, so that nothing but a wrong size matters.
  private func confirm(_ directory: any DropDirectory) throws {
    let entry: DropEntry?
    do { entry = try directory.entry(zip.name) } catch {
      return diagnostics.note("\(zip.name) has its name, and could not be looked at again: \(error)")
    }
    guard let entry else { return diagnostics.note("\(zip.name) was taken at once, or is not shown") }
    if let bytes = entry.bytes, bytes != zip.bytes {
      throw TransferError.replaced(place: place, "\(bytes) bytes are under its name, not \(zip.bytes)")
    }
  }

  /// Takes the digest of a file in the directory. Of one that is longer than the zip, it is another one all the same.
  private func read(_ name: String, in directory: any DropDirectory) throws -> (DropReading, digest: String) {
    var digest = SHA256()
    let reading = try directory.read(name, atMost: zip.bytes + 1) { digest.update($0) }
    return (reading, digest.finish())
  }
}
