import Foundation

/// A message as Python's mail parser reads it: a reader that is not ours.
public struct ReceivedMail: Decodable {
  /// Decoded, in their order; names in lower case.
  public let headers: [[String]]
  public let text: String
  public let html: String
  public let types: [String]
  /// What the parser found wrong.
  public let defects: [String]
  public let attachments: [String: String]
  public let longestLine: Int
  public let isASCII: Bool

  public init(_ bytes: Data) throws {
    let outcome = try Executable(program: "/usr/bin/python3").run(["-c", Self.program], input: bytes)
    guard outcome.status == 0 else { throw CocoaError(.fileReadCorruptFile, userInfo: ["why": outcome.errors]) }
    self = try JSONDecoder().decode(Self.self, from: outcome.output)
  }

  /// The value of a header that stands there once.
  public subscript(name: String) -> String? {
    let values = headers.filter { $0[0] == name.lowercased() }
    return values.count == 1 ? values[0][1] : nil
  }

  private static let program = """
    import sys, json, email, email.policy
    raw = sys.stdin.buffer.read()
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    defects = [repr(d) for part in mail.walk() for d in part.defects]
    defects += [repr(d) for value in mail.values() for d in getattr(value, 'defects', [])]
    body = lambda kind: (mail.get_body((kind,)) or email.message.EmailMessage()).get_content() if mail.get_body((kind,)) else ''
    print(json.dumps(dict(
      headers=[[k.lower(), str(v)] for k, v in mail.items()], text=body('plain'), html=body('html'), defects=defects,
      types=[part.get_content_type() for part in mail.walk()],
      attachments={p.get_filename(): p.get_payload(decode=True).decode() for p in mail.iter_attachments() if p.get_filename()},
      longestLine=max(len(l) for l in raw.replace(b'\\r\\n', b'\\n').split(b'\\n')), isASCII=raw.isascii())))
    """
}
