import Calendar
import Digest
import RecordStream
import Stage

/// How zips are delivered.
package struct DeliveryOptions: Sendable {
  /// What is compared before a file gets its final name.
  package enum Verification: String, Sendable, CaseIterable {
    case size
    /// The digest of the file, which is read back.
    case sha256
  }

  /// Replaces a different file of the same name that has not been taken.
  package var replaces = false
  /// False if a feed that was fetched later was delivered: then a file that is not there already is refused.
  var mayWrite = true
  package var verification = Verification.size
  /// The permissions of delivered files.
  package var mode: UInt16 = 0o640
  /// What Alma adds to the names of the files that it has taken.
  package var handledSuffix = ".handled"

  package init() {}
}

/// Delivers one zip to a drop directory: complete, and not twice.
struct Delivery {
  let zip: ReadyZip
  let options: DeliveryOptions
  let location: DropLocation
  let diagnostics: Diagnostics
  let clock: Clock
  var progress: Progress
  /// Whether the file may have its final name already: from an earlier run, or because the reply to the rename was lost.
  private(set) var mayBeThere: Bool
  /// Whether the rename was sent.
  private(set) var hasAskedForName = false

  /// The URL of the file, for messages.
  private var place: String { location.url(of: zip.name) }

  /// - Returns: `delivered` or `alreadyThere`.
  mutating func run(in directory: any DropDirectory) throws -> DeliveryRecord.Outcome {
    let part = PartName(for: zip.name)
    try directory.removeAbandoned(part, now: clock.now.seconds, diagnostics)
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
        // If this fails, a later run removes it.
        try? directory.remove(part.name)
        return .alreadyThere
      }
    } catch {
      progress.clear()
      // The first error is the one to report.
      try? directory.remove(part.name)
      throw error
    }
    try confirm(directory)
    return .delivered
  }

  /// Alma may take a file, or another run may deliver one, between any two operations. Then they are repeated, at most this often.
  private static let maxAttempts = 3

  /// Whether a file with the same bytes is in the directory, waiting or taken.
  /// - Throws: `TransferError.nameTaken` if a different file waits under the name, and may not be replaced.
  private func isThere(_ directory: any DropDirectory) throws -> Bool {
    for _ in 0..<Self.maxAttempts {
      if let answer = try search(directory) { return answer }
    }
    throw TransferError.unsteady(place)
  }

  /// - Returns: nil if a file changed or was removed during the search.
  private func search(_ directory: any DropDirectory) throws -> Bool? {
    let waiting = try directory.entry(zip.name)
    let taken = try directory.entry(zip.name + options.handledSuffix)
    for entry in [waiting, taken].compactMap(\.self) {
      switch try comparison(with: entry, in: directory) {
      case .same: return true
      case .different: continue
      case .missing: return nil
      }
    }
    if waiting != nil {
      if options.replaces {
        diagnostics.note("a different \(zip.name) waits, and will be replaced")
      } else if try directory.entry(zip.name) != nil {
        throw TransferError.nameTaken(place)
      } else {
        return nil
      }
    } else if taken != nil {
      diagnostics.note("a different \(zip.name) was taken before; this one will be delivered")
    }
    return false
  }

  private enum Comparison {
    case same
    case different
    case missing
  }

  private func comparison(with entry: DropEntry, in directory: any DropDirectory) throws -> Comparison {
    guard entry.bytes == nil || entry.bytes == zip.bytes else { return .different }
    let (result, digest) = try read(entry.name, in: directory)
    switch result {
    case .done: return digest == zip.sha256 ? .same : .different
    case .missing: return .missing
    case .refused:
      guard try directory.entry(entry.name) != nil else { return .missing }
      guard entry.bytes != nil else { return .different }
      diagnostics.note("\(entry.name) may not be read; it has the same size, and counts as the same")
      return .same
    }
  }

  /// Renames the temporary file.
  /// - Returns: false if a file with the same bytes has got the name meanwhile.
  private mutating func giveName(to part: String, in directory: any DropDirectory) throws -> Bool {
    hasAskedForName = true
    mayBeThere = true
    if options.replaces {
      try directory.replace(zip.name, with: part)
      return true
    }
    for _ in 0..<Self.maxAttempts {
      if try directory.rename(part, to: zip.name) { return true }
      if try isThere(directory) { return false }
      // The file of that name has been taken meanwhile.
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

  /// Compares the temporary file with the zip.
  private func check(_ name: String, in directory: any DropDirectory) throws {
    let bytes = try directory.entry(name)?.bytes
    if let bytes, bytes != zip.bytes {
      throw TransferError.damaged(place: place, "\(bytes) of \(zip.bytes) bytes have arrived")
    }
    guard options.verification == .sha256 || bytes == nil else { return }
    let (result, digest) = try read(name, in: directory)
    if result == .done {
      guard digest == zip.sha256 else {
        throw TransferError.damaged(place: place, "read back, its sha256 is \(digest), not \(zip.sha256)")
      }
    } else if options.verification == .sha256 {
      throw TransferError.unreadable(place)
    } else {
      diagnostics.note("the server shows neither size nor bytes of \(name); it has confirmed each write")
    }
  }

  /// Compares the size of the delivered file. Alma may have taken it, so only a different size is an error.
  private func confirm(_ directory: any DropDirectory) throws {
    let entry: DropEntry?
    do { entry = try directory.entry(zip.name) } catch {
      return diagnostics.note("\(zip.name) is delivered, and its size could not be compared again: \(error)")
    }
    guard let entry else { return diagnostics.note("\(zip.name) is delivered, and was taken at once or is not shown") }
    if let bytes = entry.bytes, bytes != zip.bytes {
      throw TransferError.replaced(place: place, "it has \(bytes) bytes, not \(zip.bytes)")
    }
  }

  /// Computes the digest of a file in the directory. Of a longer file than the zip, one more byte is read, so the digest differs.
  private func read(_ name: String, in directory: any DropDirectory) throws -> (ReadResult, digest: String) {
    var digest = SHA256()
    let result = try directory.read(name, atMost: zip.bytes + 1) { digest.update($0) }
    return (result, digest.finish())
  }
}
