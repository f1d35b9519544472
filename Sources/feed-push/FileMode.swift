import ArgumentParser

/// Permissions in octal digits.
struct FileMode: ExpressibleByArgument, CustomStringConvertible {
  let bits: UInt16

  init(bits: UInt16) { self.bits = bits }

  init?(argument: String) {
    guard (3...4).contains(argument.count), let bits = UInt16(argument, radix: 8), bits <= 0o777 else { return nil }
    self.bits = bits
  }

  var description: String { "0" + String(bits, radix: 8) }
}
