import Calendar
import Digest
import RecordStream
import StageSupport

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

  /// The file's URL, for people.
  private var place: String { location.url(of: zip.name) }

  /// - Returns: `delivered` or `alreadyThere`.
  mutating func run(in directory: any DropDirectory) throws -> DeliveryRecord.Outcome {
    let part = PartName(for: zip.name)
    try removeDead(part, in: directory)
    if try isThere(directory) { return .alreadyThere }
    guard options.mayWrite else { throw TransferError.laterDelivered(place) }
    do {
      try upload(to: part.name, in: directory)
      progress.clear()
      try check(part.name, in: directory)
      if options.replaces {
        try directory.replace(zip.name, with: part.name)
      } else if !(try directory.rename(part.name, to: zip.name)) {
        // Somebody has put a file of that name there meanwhile.
        guard try isThere(directory) else { throw TransferError.nameTaken(place) }
        try directory.remove(part.name)
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

  /// Removes what earlier deaths have left. Where the directory may not be read, that stays.
  private func removeDead(_ part: PartName, in directory: any DropDirectory) throws {
    guard let entries = try directory.entries() else {
      diagnostics.note("the drop directory may not be listed; temporary files of earlier runs would stay there")
      return
    }
    for entry in entries where part.isDead(entry, now: clock.now.seconds) {
      diagnostics.note("removing \(entry.name), which an earlier run has left")
      // It may be gone by now, or belong to somebody else.
      try? directory.remove(entry.name)
    }
  }

  /// The same bytes lie in the directory, waiting or taken.
  /// - Throws: where other bytes wait under the name, and may not be replaced.
  private func isThere(_ directory: any DropDirectory) throws -> Bool {
    let waiting = try directory.entry(zip.name)
    let taken = try directory.entry(zip.name + options.handledSuffix)
    for entry in [waiting, taken] {
      if let entry, try holdsZip(entry, in: directory) { return true }
    }
    if waiting != nil {
      guard options.replaces else { throw TransferError.nameTaken(place) }
      diagnostics.note("\(zip.name) waits with other bytes, and will be replaced")
    } else if taken != nil {
      diagnostics.note("an older \(zip.name) was taken; the new one has other bytes, and will be delivered")
    }
    return false
  }

  private func holdsZip(_ entry: DropEntry, in directory: any DropDirectory) throws -> Bool {
    guard entry.bytes == zip.bytes else { return false }
    guard let found = try digest(of: entry.name, in: directory) else {
      diagnostics.note("\(entry.name) has the same size, and may not be read to be compared")
      return true
    }
    return found == zip.sha256
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
    guard bytes == zip.bytes else {
      throw TransferError.damaged(place: place, "\(bytes ?? 0) bytes have arrived of \(zip.bytes)")
    }
    guard options.verification == .sha256 else { return }
    guard let found = try digest(of: name, in: directory) else { throw TransferError.unreadable(place) }
    guard found == zip.sha256 else {
      throw TransferError.damaged(place: place, "read back, its sha256 is \(found), not \(zip.sha256)")
    }
  }

  /// Looks at the file under its name. It may have been taken already.
  private func confirm(_ directory: any DropDirectory) throws {
    guard let entry = try directory.entry(zip.name) else {
      return diagnostics.note("\(zip.name) was taken at once")
    }
    guard entry.bytes == zip.bytes else {
      throw TransferError.damaged(place: place, "\(entry.bytes) bytes are under its name, not \(zip.bytes)")
    }
  }

  /// The digest of a file in the directory; nil where it may not be read.
  private func digest(of name: String, in directory: any DropDirectory) throws -> String? {
    var digest = SHA256()
    guard try directory.read(name, { digest.update($0) }) else { return nil }
    return digest.finish()
  }
}
