import Encodings
import JSONText
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
  /// The elements of a document that have the identifier.
  private let elements: [[UInt8]]

  /// - Parameter identifier: the person's EMPLID, NetID or barcode, exactly.
  package init(_ identifier: String, _ history: History, zipLines: @escaping ZipLines) {
    (self.identifier, self.history, self.zipLines) = (identifier, history, zipLines)
    let text = [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;")]
      .reduce(identifier) { $0.replacing($1.0, with: $1.1) }
    elements = ["<primary_id>\(text)</primary_id>", "<value>\(text)</value>"].map { Array($0.utf8) }
  }

  /// The lines for one run; none if the person is not in it.
  /// - Parameter showsXML: print what was sent, too.
  /// - Returns: also whether the run still has the data of all its people.
  package func lines(in directory: RunDirectory, showsXML: Bool) throws -> (lines: [String], knowsAll: Bool) {
    var lines: [String] = []
    var knowsAll = true
    var documents = directory.documents
    for account in directory.accounts + directory.streams {
      var zips: [FileRecord] = []
      var deliveries: [DeliveryRecord] = []
      var findings: [String] = []
      var (rejects, counted) = (0, 0)
      let status = FilePath(account).stem ?? "any"
      try RecordReader.forEachRecord(in: account) { (record) throws(StreamError) in
        switch record.kind {
        case .reject:
          rejects += 1
          guard let reject = try RejectRecord(record), isAbout(reject) || record.hasRejected(identifier) else { return }
          findings.append("\(reject.verdict.rawValue): \(reject.reasons.map(Self.text).joined(separator: "; "))")
        case .file: if let file = try FileRecord(record), file.format == .zip { zips.append(file) }
        case .delivery: if let delivery = try DeliveryRecord(record) { deliveries.append(delivery) }
        case .summary:
          let summary = SummaryRecord(record)
          if summary.stage == StageName.validate { counted = (summary[.rejected] ?? 0) + (summary[.excluded] ?? 0) }
        default: break
        }
      }
      knowsAll = knowsAll && rejects >= counted
      for zip in zips {
        let parts = documents.filter { Self.isPart($0, of: zip.path) }
        documents.removeAll(where: parts.contains)
        guard directory.has(zip.path) || !parts.isEmpty else {
          knowsAll = false
          continue
        }
        guard let user = try directory.has(zip.path) ? user(inZip: directory.path(of: zip.path)) : user(in: parts)
        else { continue }
        findings.append(outcome(of: zip, deliveries))
        if showsXML { findings.append(user) }
      }
      lines += findings.map { "\(directory.name)  \(status)  \($0)" }
    }
    // Documents of a run that was interrupted before they were in a zip.
    for document in documents {
      guard let user = try user(in: [document]), let name = FilePath(document).lastComponent?.string else { continue }
      lines += (["not delivered: \(name)"] + (showsXML ? [user] : [])).map { "\(directory.name)  \($0)" }
    }
    return (lines.map(Diagnostics.escaped), knowsAll)
  }

  private func isAbout(_ reject: RejectRecord) -> Bool { reject.emplid == identifier || reject.campusID == identifier }

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
    let text = "delivered\(delivery.at.map { " at \($0)" } ?? "") in \(delivery.fileName ?? name)"
    switch history.pickUp(of: delivery.fileName ?? name, deliveredAt: delivery.at) {
    case .taken(let after?, let before) where after < before:
      return "\(text), taken by Alma between \(after) and \(before)"
    case .taken(_, let before): return "\(text), taken by Alma before \(before)"
    case .waiting(let at): return "\(text), still waiting for Alma at \(at)"
    case .gone(_, let before): return "\(text), not in the drop directory any more at \(before)"
    case nil: return "\(text); whether Alma has taken it is not known"
    }
  }

  /// Whether a document is in a zip: their names begin alike.
  private static func isPart(_ document: String, of zip: String) -> Bool {
    guard let document = FilePath(document).stem,
      let zip = FilePath(zip).lastComponent?.string.split(separator: ".").first
    else { return false }
    return document == zip || document.hasPrefix("\(zip)_")
  }

  /// The line of a zip's documents that is the user with the identifier.
  private func user(inZip path: String) throws -> String? {
    var user: String?
    try zipLines(path) { line in
      user = self.user(line)
      return user == nil
    }
    return user
  }

  private func user(in documents: [String]) throws(StreamError) -> String? {
    guard !documents.isEmpty else { return nil }
    var input = LineReader(documents)
    while try input.advance() {
      if let user = input.withLine({ user($0) }) { return user }
    }
    return nil
  }

  private func user(_ line: Span<UInt8>) -> String? {
    guard elements.contains(where: { line.offset(of: $0) != nil }) else { return nil }
    return String(decoding: line.indices.map { line[$0] }, as: UTF8.self)
  }
}

extension Record {
  /// Whether a value in the rejected person's record is an identifier: a barcode, whatever its field is called. A text
  /// without a digit does not count, because it could be a name.
  fileprivate func hasRejected(_ identifier: String) -> Bool {
    guard identifier.utf8.contains(where: \.isASCIIDigit), line.span.offset(of: Array(identifier.utf8)) != nil,
      let person = (try? JSONValue(parsing: line.span))?[RecordField.record.rawValue]
    else { return false }
    return person.contains(identifier)
  }
}

extension JSONValue {
  fileprivate func contains(_ text: String) -> Bool {
    switch self {
    case .string(let value): value.trimming(\.properties.isWhitespace) == text
    case .number(let spelling): spelling == text
    case .array(let elements): elements.contains { $0.contains(text) }
    case .object(let members): members.contains { $0.value.contains(text) }
    case .null, .boolean: false
    }
  }
}
