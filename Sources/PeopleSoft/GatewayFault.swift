import HTTPS
import JSONText
import Stage

/// The error message of a gateway, in JSON or XML.
package struct GatewayFault: Equatable, Sendable {
  /// The number of WSO2, or another code; nil if there is none.
  package let code: String?
  /// The text for people; empty if there is none.
  package let message: String
  /// Whether the body has a known form: an object with `fault`, with `error`, or with a code and a message, or an XML
  /// fault. Otherwise it is an object with a member that could belong to one of these.
  let isOfKnownForm: Bool

  /// The maximum length of what is shown, in characters.
  private static let maxShown = 300

  /// The fault in a body: `{"fault":{…}}`, `{"code":…}`, `{"error":…}`, or XML with such elements. nil for anything
  /// else.
  package init?(_ body: Span<UInt8>) {
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
    // WSO2 often gives the same text twice.
    message = words.enumerated().filter { index, word in !words[..<index].contains(word) }.map(\.element).joined(
      separator: "; ")
  }

  /// Whether WSO2 reports that it cannot reach its back end, which is a temporary failure.
  package var isTemporary: Bool { code.flatMap { Int($0) }.map { (101_503...101_508).contains($0) } ?? false }

  /// The part of a body to show, in one line: the fault, or the beginning of the text; nil if there is nothing to show.
  ///
  /// Secrets are hidden before the body is parsed, because a secret that is cut by a tag or a limit would not be found.
  /// - Parameters:
  ///   - body: as `BodyStart` has it.
  ///   - onlyKnownForms: show only a fault of a known form.
  static func summary(of body: [UInt8], hiding mask: SecretMask, onlyKnownForms: Bool = false) -> String? {
    let body = mask.hiding(String(decoding: body, as: UTF8.self), isCut: body.count >= BodyStart.maxBytes)
    let fault = GatewayFault(Array(body.utf8).span)
    if onlyKnownForms, fault?.isOfKnownForm != true { return nil }
    let text = fault?.description ?? withoutTags(body)
    let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    if line.isEmpty { return nil }
    return line.count > maxShown ? "\(line.prefix(maxShown))…" : line
  }

  /// The text of an error page; other text as it is.
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

  /// The text of the first element with a name, with any prefix.
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
  package var description: String { [code, message.isEmpty ? nil : message].compactMap(\.self).joined(separator: " ") }
}
