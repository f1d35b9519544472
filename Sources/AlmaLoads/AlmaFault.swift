import Calendar
import JSONText
import Stage

/// The first error in the body of a response of Alma's: `errorList` in JSON, perhaps wrapped in `web_service_result`,
/// or in XML.
struct AlmaFault: Equatable {
  let code: String
  let message: String

  /// The maximum length of what is shown, in characters.
  private static let maxShown = 300

  /// The fault in a body, or nil. Secrets are hidden before it is read.
  init?(_ body: [UInt8], hiding mask: SecretMask) {
    let text = mask.hiding(String(decoding: body, as: UTF8.self))
    let bytes = Array(text.utf8)
    if let value = try? JSONValue(parsing: bytes.span) {
      let list = (value["web_service_result"] ?? value)["errorList"]?["error"]
      guard let error = list?.array?.first ?? list else { return nil }
      let words = ["errorCode", "errorMessage"].map { error[$0]?.scalarText ?? "" }
      self.init(words[0], words[1])
    } else {
      self.init(Self.element("errorCode", in: text), Self.element("errorMessage", in: text))
    }
  }

  private init?(_ code: String, _ message: String) {
    guard !code.isEmpty || !message.isEmpty else { return nil }
    (self.code, self.message) = (code, message)
  }

  /// The fault for people.
  var shown: String {
    let text = [code, message].filter { !$0.isEmpty }.joined(separator: " ")
    return text.count > Self.maxShown ? "\(text.prefix(Self.maxShown))..." : text
  }

  /// The text of the first element of a name in XML; empty if there is none.
  private static func element(_ name: String, in text: String) -> String {
    guard let start = text.firstRange(of: "<\(name)>")?.upperBound,
      let end = text[start...].firstRange(of: "</\(name)>")?.lowerBound
    else { return "" }
    return String(text[start..<end])
  }
}

extension JSONValue {
  /// The text of a string, or the spelling of a number.
  var scalarText: String? {
    switch self {
    case .string(let text), .number(let text): text
    default: nil
    }
  }

  /// A count, which Alma gives as a number or as a string; nil if it is neither.
  var count: Int? { scalarText.flatMap { Int($0) }.flatMap { $0 < 0 ? nil : $0 } }

  /// An instant. Alma writes fractions of a second, which are dropped.
  var instant: Instant? {
    guard let text = string else { return nil }
    let whole = text.prefix { $0 != "." }
    return Instant(whole.hasSuffix("Z") ? String(whole) : whole + "Z").flatMap { text.hasSuffix("Z") ? $0 : nil }
  }

  /// The elements of a list. Some converters write a list of one as the element itself.
  var elements: [JSONValue] {
    switch self {
    case .array(let elements): elements
    case .object: [self]
    default: []
    }
  }

  /// The same value with each secret in its strings replaced.
  func hiding(_ mask: SecretMask) -> JSONValue {
    switch self {
    case .string(let text): .string(mask.hiding(text))
    case .array(let elements): .array(elements.map { $0.hiding(mask) })
    case .object(let members):
      .object(members.map { Member(name: mask.hiding($0.name), value: $0.value.hiding(mask)) })
    default: self
    }
  }
}
