import Stage
import StageErrors

/// A flag that can also be set by an environment variable, or a variable without a flag. The command line overrides
/// variables.
package struct Setting: Sendable {
  package enum Use: Sendable {
    case any
    /// Only for one run, such as the days to fetch or an output file. As a setting of all runs it would cause days to
    /// be missed.
    case byHand
  }

  /// The flag's name without dashes; nil if there is only the variable.
  let flag: String?
  /// The variable's name; nil if it is made of the executable's name and the flag's.
  private let variable: String?
  /// The flag has no value. Its variable is `1`, `true` or `yes` to set it.
  let isSwitch: Bool
  /// Flags that override this one: if one of them is on the command line, the variable is ignored.
  private let overriding: [String]
  private let use: Use
  /// The value is a secret.
  private let isSecret: Bool

  /// A flag with a value. The parameters are the properties of the same names.
  package static func option(
    _ flag: String, variable: String? = nil, overriddenBy overriding: [String] = [], use: Use = .any
  ) -> Setting {
    Setting(flag: flag, variable: variable, isSwitch: false, overriding: overriding, use: use, isSecret: false)
  }

  package static func `switch`(_ flag: String, overriddenBy overriding: [String] = [], use: Use = .any) -> Setting {
    Setting(flag: flag, variable: nil, isSwitch: true, overriding: overriding, use: use, isSecret: false)
  }

  /// A variable without a flag.
  package static func variable(_ name: String) -> Setting {
    Setting(flag: nil, variable: name, isSwitch: false, overriding: [], use: .any, isSecret: false)
  }

  /// The variables with which libcurl finds a proxy.
  package static let proxies = [
    "http_proxy", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY",
  ]
  .map { Setting.variable($0) }

  /// A variable with a secret. It has no flag, because other users can see command lines.
  package static func secret(_ name: String) -> Setting {
    Setting(flag: nil, variable: name, isSwitch: false, overriding: [], use: .any, isSecret: true)
  }

  /// The variable's name: `FEED_PUSH_TO` for `--to` of feed-push.
  func variable(of executable: String) -> String {
    variable ?? "\(executable)_\(flag ?? "")".map { $0 == "-" ? "_" : $0.uppercased() }.joined()
  }

  /// A line of `--list-settings`: the variable's name, and `secret` or `by-hand` if it is.
  func listed(for executable: String) -> String {
    variable(of: executable) + (isSecret ? " secret" : use == .byHand ? " by-hand" : "")
  }

  /// A line of `--show-settings`: the variable's name, a tab, its value, a tab, and `default` if it is not set; nil if
  /// it has no value.
  /// - Parameter help: the lines of `--help`, which have the defaults.
  func shown(for executable: String, help: [Substring]) -> String? {
    let name = variable(of: executable)
    guard let value = Environment.value(name) else {
      return flag.flatMap { Self.defaultValue(of: $0, in: help) }.map { "\(name)\t\($0)\tdefault" }
    }
    return "\(name)\t\(isSecret ? "*" : Diagnostics.escaped(Self.withoutPassword(value)))\t"
  }

  /// The value in `(default: 30)` at the end of a flag's text, which begins on the line of the flag or, if that is
  /// long, on the next one.
  private static func defaultValue(of flag: String, in help: [Substring]) -> Substring? {
    guard let line = help.firstIndex(where: { $0.hasPrefix("  --\(flag) ") }) else { return nil }
    return help[line...].prefix(2).enumerated().lazy
      .filter { $0 == 0 || !$1.hasPrefix("  -") }
      .compactMap { $1.firstMatch(of: /\(default: (.*)\)$/)?.1 }.first
  }

  /// A URL, such as that of a proxy, without its password.
  private static func withoutPassword(_ value: String) -> String {
    value.replacing(/:\/\/([^\/@:]*):[^\/@]*@/) { "://\($0.1):*@" }
  }

  /// The arguments for the value in the environment, to be put before the command line.
  func arguments(of executable: String, unless given: [String]) throws(SettingError) -> [String] {
    let name = variable(of: executable)
    guard let flag, let value = Environment.value(name),
      !given.contains(where: { argument in
        ([flag] + overriding).contains { argument == "--\($0)" || argument.hasPrefix("--\($0)=") }
      })
    else { return [] }
    guard isSwitch else { return ["--\(flag)=\(value)"] }
    switch value.lowercased() {
    case "1", "true", "yes": return ["--\(flag)"]
    case "0", "false", "no": return []
    default: throw SettingError("\(name) is '\(value)'; it switches --\(flag) on with 1 and off with 0")
    }
  }
}
