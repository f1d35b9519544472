import Stage
import StageErrors

/// A flag that the environment can set too, or a variable that stands for itself. What the command line says wins.
public struct Setting: Sendable {
  public enum Use: Sendable {
    case any
    /// It is for one run by hand: a day, an output, or looking only. A night that had it in its settings would forget days.
    case byHand
  }

  /// The flag's name without its dashes; nil where there is only the variable.
  let flag: String?
  /// The variable's name, or nil for the executable's and the flag's.
  private let variable: String?
  /// A flag without a value: its variable is `1`, `true` or `yes` to set it.
  let isSwitch: Bool
  /// Flags that take the place of this one; where one of them is given, the variable says nothing.
  private let rivals: [String]
  private let use: Use
  /// The value is a secret.
  private let isSecret: Bool

  /// A flag with a value.
  /// - Parameters:
  ///   - variable: only where the name is not made of the executable's and the flag's.
  ///   - rivals: flags that say something else instead; given on the command line, they win over the variable.
  public static func option(
    _ flag: String, variable: String? = nil, yieldingTo rivals: [String] = [], use: Use = .any
  ) -> Setting {
    Setting(flag: flag, variable: variable, isSwitch: false, rivals: rivals, use: use, isSecret: false)
  }

  public static func `switch`(_ flag: String, yieldingTo rivals: [String] = [], use: Use = .any) -> Setting {
    Setting(flag: flag, variable: nil, isSwitch: true, rivals: rivals, use: use, isSecret: false)
  }

  /// A variable that belongs to no flag.
  public static func variable(_ name: String) -> Setting {
    Setting(flag: nil, variable: name, isSwitch: false, rivals: [], use: .any, isSecret: false)
  }

  /// A variable that holds a secret. There is no flag for it, because others can see command lines.
  public static func secret(_ name: String) -> Setting {
    Setting(flag: nil, variable: name, isSwitch: false, rivals: [], use: .any, isSecret: true)
  }

  /// The variable's name: `FEED_PUSH_TO` for `--to` of feed-push.
  func variable(of executable: String) -> String {
    variable ?? "\(executable)_\(flag ?? "")".map { $0 == "-" ? "_" : $0.uppercased() }.joined()
  }

  /// A line of `--list-settings`: the variable's name, and `secret` or `by-hand` where it is that.
  func listed(for executable: String) -> String {
    variable(of: executable) + (isSecret ? " secret" : use == .byHand ? " by-hand" : "")
  }

  /// What the environment adds to the command line, to be put before it.
  func arguments(of executable: String, unless given: [String]) throws(SettingError) -> [String] {
    let name = variable(of: executable)
    guard let flag, let value = Environment.value(name),
      !given.contains(where: { argument in
        ([flag] + rivals).contains { argument == "--\($0)" || argument.hasPrefix("--\($0)=") }
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
