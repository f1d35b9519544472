import JSONText
import Stage

/// What a gateway says of a request that it did not serve, in JSON, XML or plain text.
public struct GatewayFault: Equatable, Sendable {
  /// WSO2's number, or another name of the fault.
  public let code: String?
  public let message: String
  /// A `fault` or an `error`, a code with a message, or an XML fault; else any object with a member that could be one of these.
  let isOfKnownForm: Bool

  /// The most bytes of a body that are looked at.
  static let maxBytes = 64 << 10
  /// The most characters that are shown.
  static let maxShown = 300

  /// The fault in a body: `{"fault":{…}}`, `{"code":…}`, `{"error":…}`, or XML with such elements. Nil for anything else.
  public init?(_ body: Span<UInt8>) {
    let body = body.extracting(body.byteOrderMarkLength..<body.count)
    let start = body.skippingJSONSpace(from: 0)
    if start < body.count, body[start] == UInt8(ascii: "<") {
      self.init(xml: String(decoding: (start..<body.count).map { body[$0] }, as: UTF8.self))
    } else {
      guard let value = try? JSONValue(parsing: body) else { return nil }
      self.init(value)
    }
  }

  private init?(_ value: JSONValue) {
    let fault = value["fault"] ?? value["error"].flatMap { $0["message"] == nil ? nil : $0 } ?? value
    let code = (fault["code"] ?? fault["error"] ?? fault["status"]).flatMap(Self.text)
    let words = ["message", "faultstring", "error_description", "description"].compactMap {
      fault[$0].flatMap(Self.text)
    }
    guard code != nil || !words.isEmpty else { return nil }
    let isKnown =
      value["fault"] != nil || value["error"] != nil || (fault["code"] != nil && fault["message"] != nil)
    self.init(code: code, words, isOfKnownForm: isKnown)
  }

  private init?(xml: String) {
    let words = ["message", "faultstring", "description"].compactMap { Self.element($0, in: xml) }
    let code = Self.element("code", in: xml) ?? Self.element("faultcode", in: xml)
    guard xml.contains(":fault") || xml.contains("<fault"), code != nil || !words.isEmpty else { return nil }
    self.init(code: code, words, isOfKnownForm: true)
  }

  private init(code: String?, _ words: [String], isOfKnownForm: Bool) {
    self.code = code
    self.isOfKnownForm = isOfKnownForm
    // WSO2 often says the same twice.
    message = words.enumerated().filter { index, word in !words[..<index].contains(word) }.map(\.element).joined(
      separator: "; ")
  }

  /// The gateway cannot reach what is behind it, which passes: WSO2's errors of its endpoints.
  public var isTemporary: Bool { code.flatMap { Int($0) }.map { (101_503...101_508).contains($0) } ?? false }

  /// What to show of a body: the fault, or the beginning of the text.
  ///
  /// Secrets are hidden before the body is taken apart: what stands between tags, or before a limit, could be a part of one.
  /// - Parameters:
  ///   - body: no more than `maxBytes` of it.
  ///   - onlyKnownForms: show nothing but a fault of a known form.
  static func summary(of body: [UInt8], hiding mask: SecretMask, onlyKnownForms: Bool = false) -> String? {
    let body = mask.hiding(String(decoding: body, as: UTF8.self), isCut: body.count >= maxBytes)
    let fault = GatewayFault(Array(body.utf8).span)
    if onlyKnownForms, fault?.isOfKnownForm != true { return nil }
    let text = fault?.description ?? withoutTags(body)
    let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    if line.isEmpty { return nil }
    return line.count > maxShown ? "\(line.prefix(maxShown))…" : line
  }

  /// An error page's words; any other text as it is.
  private static func withoutTags(_ text: String) -> String {
    guard text.first(where: { !$0.isWhitespace }) == "<" else { return text }
    return text.split(separator: "<").map { $0.drop { $0 != ">" }.dropFirst() }.joined(separator: " ")
  }

  private static func text(_ value: JSONValue) -> String? {
    switch value {
    case .string(let text): text.isEmpty ? nil : text
    case .number(let spelling): spelling
    default: nil
    }
  }

  /// The text of the first element of a name, whatever its prefix.
  private static func element(_ name: String, in xml: String) -> String? {
    var rest = xml[...]
    while let open = rest.firstIndex(of: "<") {
      rest = rest[rest.index(after: open)...]
      guard let close = rest.firstIndex(of: ">") else { return nil }
      let tag = rest[..<close].prefix { !$0.isWhitespace }
      rest = rest[rest.index(after: close)...]
      if tag == name || tag.hasSuffix(":\(name)"), !tag.hasPrefix("/") {
        let text = rest.prefix { $0 != "<" }
        return text.isEmpty ? nil : unescaped(text)
      }
    }
    return nil
  }

  private static func unescaped(_ text: Substring) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")].reduce(String(text)) {
      $0.split(separator: $1.0, omittingEmptySubsequences: false).joined(separator: $1.1)
    }
  }
}

extension GatewayFault: CustomStringConvertible {
  public var description: String { [code, message.isEmpty ? nil : message].compactMap(\.self).joined(separator: " ") }
}
