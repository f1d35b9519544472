/// A flag that the environment can set too. What the command line says wins.
public struct Setting: Sendable {
  /// The flag's name without its dashes.
  let flag: String
  /// The variable's name, or nil for the executable's and the flag's.
  private let variable: String?
  /// A flag without a value: its variable is `1`, `true` or `yes` to set it.
  let isSwitch: Bool
  /// Flags that take the place of this one; where one of them is given, the variable says nothing.
  private let rivals: [String]

  /// A flag with a value.
  /// - Parameters:
  ///   - variable: only where the name is not made of the executable's and the flag's.
  ///   - rivals: flags that say something else instead; given on the command line, they win over the variable.
  public static func option(_ flag: String, variable: String? = nil, yieldingTo rivals: [String] = []) -> Setting {
    Setting(flag: flag, variable: variable, isSwitch: false, rivals: rivals)
  }

  public static func `switch`(_ flag: String, yieldingTo rivals: [String] = []) -> Setting {
    Setting(flag: flag, variable: nil, isSwitch: true, rivals: rivals)
  }

  /// The variable's name: `FEED_PUSH_TO` for `--to` of feed-push.
  func variable(of executable: String) -> String {
    variable ?? "\(executable)_\(flag)".map { $0 == "-" ? "_" : $0.uppercased() }.joined()
  }

  /// What the environment adds to the command line, to be put before it.
  func arguments(of executable: String, unless given: [String]) throws(SettingError) -> [String] {
    let name = variable(of: executable)
    guard let value = Environment.value(name),
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
