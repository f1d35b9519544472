public import ArgumentParser
public import Stage

/// How temporary failures are retried.
public struct RetryOptions: ParsableArguments {
  @Option("Retry temporary failures at most this many times.", "times", in: 0...1000)
  public var retries = 4

  @Option("Begin no retry later than this many seconds after the first try.", "seconds", in: 0...86_400)
  public var retryMaxTime = 60

  public init() {}

  public static let settings: [Setting] = [.option("retries"), .option("retry-max-time")]

  public var limits: RetryLimits { RetryLimits(retries: retries, maxTime: retryMaxTime) }
}

/// The certificates that a TLS server is checked with.
public struct CertificateOptions: ParsableArguments {
  @Option(file: "Trust the certificates in this file, in place of the system's.")
  public var caFile: String?

  public init() {}

  public static let settings: [Setting] = [.option("ca-file")]
}

/// How long a connection may take.
public struct ConnectTimeoutOptions: ParsableArguments {
  @Option("Give up if not connected within this many seconds.", "seconds", in: 1...86_400)
  public var connectTimeout = 30

  public init() {}

  public static let settings: [Setting] = [.option("connect-timeout")]
}

/// How secrets are read from files.
public struct SecretFileOptions: ParsableArguments {
  @Flag(help: "Read secrets also from files that other users can read.")
  public var insecureSecretFile = false

  public init() {}

  public static let settings: [Setting] = [.switch("insecure-secret-file")]

  /// The secret in a file, or in a credential of systemd.
  /// - Throws: also if every user of the machine can read the file, unless the flag is given.
  public func secret(in path: String) throws -> Secret {
    try Secret(contentsOf: Secret.path(of: path), allowsReadable: insecureSecretFile)
  }

  /// The secret in a file, or else in a variable; nil if neither is given.
  public func secret(in file: String?, orIn variable: String) throws -> Secret? {
    if let file { return try secret(in: file) }
    return Environment.value(variable).map(Secret.init)
  }
}

extension Option where Value == Int {
  /// An option whose value is a whole number within a range.
  public init(wrappedValue: Int, _ abstract: String, _ unit: String, in range: ClosedRange<Int>) {
    self.init(
      wrappedValue: wrappedValue, help: .init("\(abstract) (default: \(wrappedValue))", valueName: unit),
      transform: number("from \(range.lowerBound) to \(range.upperBound)", isAllowed: range.contains))
  }
}

extension Option where Value == Int? {
  /// An option without default whose value is a whole number with a minimum.
  public init(_ abstract: String, _ unit: String, in range: PartialRangeFrom<Int>) {
    self.init(
      help: .init(abstract, valueName: unit),
      transform: number("of \(range.lowerBound) or more", isAllowed: range.contains))
  }
}

extension Option where Value == String? {
  /// An option whose value is the path of a file.
  public init(file abstract: String, _ valueName: String = "file") {
    self.init(help: .init(abstract, valueName: valueName), completion: .file())
  }

  /// An option whose value is the path of a directory.
  public init(directory abstract: String) {
    self.init(help: .init(abstract, valueName: "directory"), completion: .directory)
  }
}

extension Argument where Value == [String] {
  /// The files to read.
  public init(wrappedValue: [String], files abstract: String) {
    self.init(wrappedValue: wrappedValue, help: .init(abstract, valueName: "file"), completion: .file())
  }
}

extension Option where Value == Double? {
  /// An option without default whose value is a percentage.
  /// - Parameter limit: the highest value; nil if there is none.
  public init(percentage abstract: String, upTo limit: Double?) {
    let range = limit.map { "from 0 to \(Int($0))" } ?? "of 0 or more"
    self.init(
      help: .init(abstract, valueName: "percent"),
      transform: number(range) { $0 >= 0 && $0 <= limit ?? .greatestFiniteMagnitude })
  }
}

private func number<Value: LosslessStringConvertible & SendableMetatype>(
  _ range: String, isAllowed: @escaping @Sendable (Value) -> Bool
) -> @Sendable (String) throws -> Value {
  { text in
    guard let value = Value(text), isAllowed(value) else { throw ValidationError("it has to be a number \(range)") }
    return value
  }
}
