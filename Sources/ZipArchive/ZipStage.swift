import Files
package import RecordStream
package import Stage
import StageErrors

/// The limits of one zip.
package struct ZipLimits: Sendable {
  /// The maximum number of files.
  package var entries: Int
  /// The maximum of uncompressed bytes; a larger file gets a zip of its own.
  package var bytes: Int

  /// Alma's limits, from Ex Libris' description of the job "synchronize": 50 files, and 4 GB.
  package static let alma = ZipLimits(entries: 50, bytes: 4_000_000_000)
}

/// Packs the XML files of the stream into zips. The records of the zips, at the end of the stream, replace those of the
/// files.
package struct ZipStage: StreamStage {
  private let outputDirectory: String?
  private let level: Int
  private let limits: ZipLimits
  /// The limits of the feed's size.
  package var sizeGuard: SizeGuard
  /// The check that every document must pass.
  package var proof: Proof
  /// Remove the XML files after the zips and the stream were written, if the stream is complete.
  private let removesDocuments: Bool
  private let diagnostics: Diagnostics
  private var progress: Progress
  private var name: ZipName?
  private var zips: [PendingZip] = []
  private var users = 0
  private var files = 0
  /// The names of the files, which must differ also between zips.
  private var names: Set<String> = []
  /// The paths of the XML files to remove.
  private var packed: [String] = []
  /// The uncompressed bytes read so far.
  private var bytes = 0
  private var committed = (zips: 0, bytes: 0)

  /// - Parameters:
  ///   - outputDirectory: the directory of the zips; nil for that of the XML.
  ///   - level: of deflate, 1 to 9.
  ///   - removesDocuments: remove the XML files after the zips and the stream were written, if the stream is complete.
  package init(
    outputDirectory: String?, level: Int, limits: ZipLimits = .alma, sizeGuard: SizeGuard,
    removesDocuments: Bool = false, progress: Progress, diagnostics: Diagnostics, proof: @escaping Proof
  ) throws {
    self.outputDirectory = try outputDirectory.map { try Directory.absolute($0) }
    self.level = level
    self.limits = limits
    self.sizeGuard = sizeGuard
    self.removesDocuments = removesDocuments
    self.progress = progress
    self.diagnostics = diagnostics
    self.proof = proof
  }

  package var counts: [(RecordField, Int)] {
    [(.users, users), (.files, files), (.zips, committed.zips), (.bytes, committed.bytes)]
  }

  package mutating func takeRecord(_ record: Record, _ output: inout LineWriter) throws {
    guard record.kind == .file, let file = try FileRecord(record), file.format == .xml else {
      return try output.write(record)
    }
    try pack(AnnouncedFile(file), at: record.place)
  }

  package mutating func finish(_ account: StreamAccount, _ output: inout LineWriter) throws {
    try sizeGuard.check(users: users, of: account.feed, diagnostics)
    if !account.isComplete { packed = [] }
    if zips.isEmpty, let outputDirectory { _ = try Directory.names(in: outputDirectory) }
    for zip in zips { try zip.close() }
    // No zip gets its name before all zips are complete.
    for zip in zips {
      let record = try zip.commit(as: files == 1 ? name?.pathOfOneDocument : nil)
      committed = (committed.zips + 1, committed.bytes + record.bytes)
      diagnostics.note("\(record.path): \(record.users) users, \(record.bytes) bytes")
      try output.write(line: record.encoded().span)
    }
  }

  package mutating func conclude() {
    for path in packed { Directory.remove(path) }
  }

  private mutating func pack(_ file: consuming AnnouncedFile, at place: LinePlace) throws {
    guard names.insert(file.name).inserted else {
      throw ZipError(
        "\(place): \(file.record.path) has the name of a file that is packed already; was it given twice?", .badData)
    }
    let zip = try zip(for: file)
    try zip.begin(file.name, bytes: file.record.bytes)
    defer { progress.clear() }
    try unsafe file.read(proof: proof) { block in
      try unsafe zip.compress(block)
      bytes += block.count
      progress.show((bytes >> 20, "MB of XML"))
    }
    try zip.end(users: file.record.users)
    users += file.record.users
    files += 1
    if removesDocuments { packed.append(file.record.path) }
    progress.clear()
    diagnostics.note("\(file.record.path): \(file.record.users) users, packed into \(zip.path)")
  }

  /// The zip for a file: the last one, or a new one if that is full.
  private mutating func zip(for file: borrowing AnnouncedFile) throws -> PendingZip {
    if let zip = zips.last {
      let isFull = zip.entries >= limits.entries || zip.uncompressedBytes + file.record.bytes > limits.bytes
      if !isFull { return zip }
      try zip.close()
    }
    let name = self.name ?? ZipName(document: file.record.path, directory: outputDirectory)
    self.name = name
    let zip = try PendingZip(name.path(number: zips.count + 1), level: level)
    zips.append(zip)
    return zip
  }
}
