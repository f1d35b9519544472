import Calendar
import Digest
import RecordStream
import Stage
import StageErrors

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
  /// False if a feed that was fetched later was delivered. Then nothing is written: a file that is not there already is
  /// an error.
  var mayWrite = true
  package var verification = Verification.size
  /// The permissions of delivered files.
  package var mode: UInt16 = 0o640
  /// The suffix that Alma adds to the names of files that it has taken.
  package var handledSuffix = ".handled"

  package init() {}
}

/// Delivers one zip to a drop directory. The file appears complete, and is not delivered twice.
struct Delivery {
  let zip: ReadyZip
  let options: DeliveryOptions
  let location: DropLocation
  let diagnostics: Diagnostics
  let clock: Clock
  var progress: Progress
  /// Whether the file may have its final name already: from an earlier run, or because the reply to the rename was
  /// lost.
  private(set) var mayBeThere: Bool
  /// Whether the rename was requested.
  private(set) var hasRequestedRename = false

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
      let sent = SentFile(place: place, bytes: zip.bytes, sha256: zip.sha256)
      try directory.verify(part.name, sent, options.verification, diagnostics)
      guard try rename(part.name, in: directory) else {
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

  /// How often a comparison is repeated if Alma takes a file, or another run delivers one, while it is made.
  private static let maxAttempts = 3

  /// Whether a file with the same bytes is in the directory, taken by Alma or not.
  /// - Throws: `TransferError.nameTaken` if a different file waits under the name, and may not be replaced.
  private func isThere(_ directory: any DropDirectory) throws -> Bool {
    for _ in 0..<Self.maxAttempts {
      if let answer = try search(directory) { return answer }
    }
    throw TransferError.other(
      "\(place): files of that name appear and disappear while they are compared; is another run under way?", .temporary
    )
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
    let (result, digest) = try directory.digest(of: entry.name, bytes: zip.bytes)
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
  private mutating func rename(_ part: String, in directory: any DropDirectory) throws -> Bool {
    hasRequestedRename = true
    mayBeThere = true
    if options.replaces {
      try directory.replace(zip.name, with: part)
      return true
    }
    for _ in 0..<Self.maxAttempts {
      if try directory.rename(part, to: zip.name) { return true }
      if try isThere(directory) { return false }
      // Alma has taken the file of that name since.
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

  /// Compares the size of the delivered file. A missing file is not an error, because Alma may have taken it.
  private func confirm(_ directory: any DropDirectory) throws {
    let entry: DropEntry?
    do { entry = try directory.entry(zip.name) } catch {
      return diagnostics.note("\(zip.name) is delivered, and its size could not be compared again: \(error)")
    }
    guard let entry else { return diagnostics.note("\(zip.name) is delivered, and was taken at once or is not shown") }
    if let bytes = entry.bytes, bytes != zip.bytes {
      throw TransferError.other(
        "\(place): the file was delivered, but now has \(bytes) bytes, not \(zip.bytes); does another program write there?",
        .inputOutput)
    }
  }

}

/// The size and digest of the bytes that were sent, and the file's URL for messages.
struct SentFile {
  let place: String
  let bytes: Int
  let sha256: String
}

extension DropDirectory {
  /// Compares the size of a file with that of the bytes that were sent, and its digest if that is asked for or the size
  /// is not shown.
  func verify(
    _ name: String, _ sent: SentFile, _ verification: DeliveryOptions.Verification, _ diagnostics: Diagnostics
  ) throws {
    let bytes = try entry(name)?.bytes
    if let bytes, bytes != sent.bytes {
      throw TransferError.other(
        "\(sent.place): \(bytes) of \(sent.bytes) bytes have arrived; the file was not delivered", .inputOutput)
    }
    guard verification == .sha256 || bytes == nil else { return }
    let (result, found) = try digest(of: name, bytes: sent.bytes)
    if result == .done {
      guard found != sent.sha256 else { return }
      throw TransferError.other(
        "\(sent.place): read back, its sha256 is \(found), not \(sent.sha256); the file was not delivered", .inputOutput
      )
    }
    if verification == .sha256 {
      throw TransferError.other(
        "\(sent.place): the file may not be read back for --verify sha256; --verify size does not need that",
        .accessDenied)
    }
    diagnostics.note("the server shows neither size nor bytes of \(name); it has confirmed each write")
  }

  /// Computes the digest of a file. If the file is longer than expected, one more byte is read, so the digest differs.
  func digest(of name: String, bytes: Int) throws -> (ReadResult, digest: String) {
    var digest = SHA256()
    let result = try read(name, atMost: bytes + 1) { digest.update($0) }
    return (result, digest.finish())
  }
}
