import Calendar
package import HTTPS
import JSONText
package import Stage
package import StageErrors

/// Where Alma's API is, and how it is asked.
package struct JobServiceOptions: Sendable {
  /// The host of the API, without `/almaws/v1`.
  package var api: WebAddress
  package var key: Secret
  package var connection = HTTPSOptions()
  package var retries: RetryLimits

  /// - Throws: if the key has characters that a header cannot have.
  package init(api: WebAddress, key: Secret, retries: RetryLimits) throws(SettingError) {
    guard key.value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw SettingError("the API key of Alma has characters that a key cannot have")
    }
    (self.api, self.key, self.retries) = (api, key, retries)
  }
}

/// Alma's API for jobs and their runs. All requests are GET, below `/almaws/v1/conf`.
package struct JobService: ~Copyable {
  private let options: JobServiceOptions
  private let diagnostics: Diagnostics
  private let mask: SecretMask
  private let start = ContinuousClock.now
  private var client: HTTPSClient

  /// The maximum size of a response, in bytes: of 100 events.
  private static let maxBytes = 16 << 20
  /// The maximum number of entries of a page that Alma allows.
  private static let pageSize = 100

  /// Creates a client, which does not connect yet.
  package init(_ options: JobServiceOptions, _ diagnostics: Diagnostics) throws(MemoryError) {
    self.options = options
    self.diagnostics = diagnostics
    mask = SecretMask([options.key.value])
    client = try HTTPSClient(options.connection)
  }

  /// Asks Alma whether it accepts the key.
  package mutating func test() throws { _ = try get("test") }

  /// The entries of a list, page by page.
  /// - Parameters:
  ///   - path: below `/almaws/v1/conf`, with or without a query.
  ///   - limit: no further page is requested when there are this many entries.
  mutating func list(_ path: String, limit: Int) throws -> [JSONValue] {
    var entries: [JSONValue] = []
    while true {
      let page = "\(path)\(path.contains("?") ? "&" : "?")limit=\(Self.pageSize)&offset=\(entries.count)"
      let answer = try get(page)
      guard let total = answer["total_record_count"]?.count else {
        throw LoadError(address(path), "the response has no total_record_count")
      }
      let more = answer.listed(total: total)
      if more.isEmpty, entries.isEmpty, total > 0 {
        throw LoadError(address(path), "the response has no entries, although its total_record_count is \(total)")
      }
      entries += more
      if more.isEmpty || entries.count >= min(total, limit) { return entries }
    }
  }

  /// The object at a path below `/almaws/v1/conf`. Temporary failures are retried.
  /// - Throws: a `StageError` without secrets in its message.
  mutating func get(_ path: String) throws -> JSONValue {
    let passed = Int(start.duration(to: .now).components.seconds)
    var retries = Retries(
      RetryLimits(retries: options.retries.retries, maxTime: max(0, options.retries.maxTime - passed)), diagnostics)
    while true {
      do { return try send(address(path)) } catch let error as LoadError {
        guard error.isWorthRetry else { throw error }
        try retries.pause(after: error)
      } catch let error as HTTPSError {
        let error = MaskedError(error, mask)
        guard error.exitStatus == .temporary else { throw error }
        try retries.pause(after: error)
      }
    }
  }

  private func address(_ path: String) -> WebAddress { options.api.appending("almaws/v1/conf/\(path)") }

  private mutating func send(_ address: WebAddress) throws -> JSONValue {
    diagnostics.note("GET \(mask.hiding(address.shown))")
    var body: [UInt8] = []
    var isTooLong = false
    let request = HTTPSRequest(address, headers: ["Authorization: apikey \(options.key.value)"])
    let response = try client.send(request) { status, piece in
      isTooLong = body.count + piece.count > ((200..<300).contains(status) ? Self.maxBytes : BodyStart.maxBytes)
      if isTooLong { throw EnoughRead() }
      for offset in 0..<piece.count { body.append(piece[offset]) }
    }
    switch response.status {
    case 200..<300: break
    case 300..<400:
      let target = response.redirect.flatMap { try? WebAddress($0, from: "Location").shownOrigin }
      throw HTTPSError.redirect(address, to: target ?? "a place that is not https")
    default: throw LoadError(address, response, AlmaFault(body, hiding: mask))
    }
    if isTooLong { throw LoadError(address, "the response is longer than \(Self.maxBytes) bytes") }
    do {
      let value = try JSONValue(parsing: body.span)
      guard case .object = value else { throw LoadError(address, "the response is JSON, but is not an object") }
      return value.hiding(mask)
    } catch let fault as JSONFault {
      throw LoadError(address, "the response is \(Self.kind(of: body) ?? "not JSON: \(fault)")")
    }
  }

  /// What a body is that is not JSON; nil if it is not markup.
  private static func kind(of body: [UInt8]) -> String? {
    let head = String(decoding: body.prefix(200), as: UTF8.self).drop { $0.isWhitespace || $0 == "\u{FEFF}" }
    guard head.hasPrefix("<") else { return nil }
    let isHTML = head.lowercased().contains("<html") || head.lowercased().contains("<!doctype html")
    return isHTML ? "HTML, not JSON; is the URL of the API right?" : "XML, not JSON"
  }
}

extension JSONValue {
  /// The entries in a page of a list, whatever the list's name: its first member that is a list of objects, or, if Alma
  /// says that there is one entry, its first member that is an object.
  fileprivate func listed(total: Int) -> [JSONValue] {
    guard case .object(let members) = self else { return [] }
    for case .array(let entries) in members.map(\.value) {
      if case .object? = entries.first { return entries }
    }
    guard total == 1 else { return [] }
    return members.map(\.value).first { if case .object = $0 { true } else { false } }.map { [$0] } ?? []
  }
}
