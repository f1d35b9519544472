import RecordStream
import Stage
import StageErrors
import SystemPackage

/// Finds what the kept runs say of one person: rejected and why, or delivered in which file.
package struct PersonSearch {
  /// Calls a closure with each line of the documents in a zip, until it returns false.
  package typealias ZipLines = (_ path: String, _ body: (Span<UInt8>) throws -> Bool) throws -> Void

  private let identifier: String
  private let history: History
  private let zipLines: ZipLines

  /// - Parameter identifier: the person's EMPLID, NetID or barcode, exactly.
  package init(_ identifier: String, _ history: History, zipLines: @escaping ZipLines) {
    self.zipLines = zipLines
    self.identifier = identifier
    self.history = history
  }

  /// The lines for one run; none if the person is not in it.
  /// - Parameter showsXML: print what was sent, too.
  package func lines(in directory: RunDirectory, showsXML: Bool) throws -> [String] {
    var lines: [String] = []
    for account in directory.accounts + directory.streams {
      var files: [FileRecord] = []
      var deliveries: [DeliveryRecord] = []
      var findings: [String] = []
      let status = FilePath(account).stem ?? "any"
      try RecordReader.forEachRecord(in: account) { (record) throws(StreamError) in
        switch record.kind {
        case .reject:
          guard let reject = try RejectRecord(record), reject.emplid == identifier || reject.campusID == identifier
          else {
            return
          }
          findings.append("\(reject.verdict.rawValue): \(reject.reasons.map(Self.text).joined(separator: "; "))")
        case .file: if let file = try FileRecord(record), file.format == .zip { files.append(file) }
        case .delivery: if let delivery = try DeliveryRecord(record) { deliveries.append(delivery) }
        default: break
        }
      }
      for zip in files where directory.zips.contains(zip.path) {
        guard let user = try user(in: zip.path) else { continue }
        findings.append(outcome(of: zip, deliveries))
        if showsXML { findings.append(user) }
      }
      lines += findings.map { "\(directory.name)  \(status)  \($0)" }
    }
    return lines.map(Diagnostics.escaped)
  }

  /// `no_email (EMAIL)`: the values are not shown.
  private static func text(of reason: RejectRecord.Reason) -> String {
    reason.field.isEmpty ? reason.code : "\(reason.code) (\(reason.field))"
  }

  /// What became of a zip.
  private func outcome(of zip: FileRecord, _ deliveries: [DeliveryRecord]) -> String {
    let name = FilePath(zip.path).lastComponent?.string ?? zip.path
    guard let delivery = deliveries.first(where: { $0.hasFile && $0.sha256 == zip.sha256 }) else {
      return "not delivered: \(name)"
    }
    let time = delivery.at.map { " at \($0)" } ?? ""
    switch history.pickUp(of: name) {
    case .taken(_, let seen): return "delivered\(time) in \(name), taken by Alma before \(seen)"
    case .waiting(_, let seen): return "delivered\(time) in \(name), still waiting for Alma at \(seen)"
    case nil: return "delivered\(time) in \(name); whether Alma has taken it is not known"
    }
  }

  /// The line of a zip's documents that is the user with the identifier.
  private func user(in zip: String) throws -> String? {
    let escaped = identifier.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    let texts = ["<primary_id>\(escaped)</primary_id>", "<value>\(escaped)</value>"].map { Array($0.utf8) }
    var user: String?
    try zipLines(zip) { line in
      guard texts.contains(where: { line.offset(of: $0) != nil }) else { return true }
      user = String(decoding: line.indices.map { line[$0] }, as: UTF8.self)
      return false
    }
    return user
  }
}
