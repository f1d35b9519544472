public import ArgumentParser
import Glibc
import SystemPackage

/// A password or the like. It comes from a file or from the environment, and is never shown.
public struct Secret: Sendable {
  /// The secret itself, for those who must send it.
  public let value: String

  public init(_ value: String) { self.value = value }

  /// The secret in a file, without a byte order mark at its start and without one line end at its end.
  init(contentsOf path: String) throws {
    var bytes = try FileContents.read(path, limit: 64 << 10)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    if bytes.last == 0x0A { bytes.removeLast() }
    if bytes.last == 0x0D { bytes.removeLast() }
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
      throw SettingError("\(path): a secret has to be UTF-8 text")
    }
    guard !text.isEmpty else { throw SettingError("\(path): the file with the secret is empty") }
    value = text
  }

  /// The variables that hold secrets themselves. Programs that a stage starts must not inherit them.
  public static let variables = ["PS_CLIENT_SECRET", "SFTP_PASSWORD", "SMTP_PASSWORD"]
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "(secret)" }
  public var debugDescription: String { "(secret)" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// How a stage reads its secrets: the option group of every stage that has a secret file.
public struct SecretFileOptions: ParsableArguments {
  @Flag(help: "Take secrets also from a file that others can read.")
  public var insecureSecretFile = false

  public init() {}

  /// The settings among them, for the list of a stage that has them.
  public static let settings: [Setting] = [.switch("insecure-secret-file")]

  /// The secret in a file, without one line end at its end.
  /// - Throws: also where every user of the machine can read the file, unless the flag is given.
  public func secret(in path: String) throws -> Secret {
    if !insecureSecretFile { try Self.refuseReadable(path) }
    return try Secret(contentsOf: path)
  }

  /// The secret that a file or else the environment holds; nil where neither is given.
  /// - Parameters:
  ///   - file: from the flag or the variable that ends in `_FILE`.
  ///   - variable: the variable with the secret itself.
  public func secret(in file: String?, orIn variable: String) throws -> Secret? {
    if let file { return try secret(in: file) }
    return Environment.value(variable).map(Secret.init)
  }

  private static func refuseReadable(_ path: String) throws(SettingError) {
    var status = stat()
    // Reading tells better why a file is not there.
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IROTH != 0 else { return }
    throw SettingError("\(path): others can read this secret; run 'chmod o= \(path)'")
  }
}
