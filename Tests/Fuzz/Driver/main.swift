import CLibFuzzer
import FuzzTargets
import Glibc

// FUZZ_TARGET=NAME fuzz [libFuzzer's options, corpus directories]: calls a target with inputs that reach new code.

// The name is not an operand, because libFuzzer runs this program again with the same operands.
let names = FuzzTarget.all.map(\.name)
guard let name = getenv("FUZZ_TARGET").map({ String(cString: $0) }), names.contains(name) else {
  fputs("fuzz: FUZZ_TARGET has to be one of \(names.joined(separator: " "))\n", stderr)
  exit(64)
}

/// A callback for C captures nothing.
enum Chosen {
  nonisolated(unsafe) static var target = FuzzTarget.all[0]
}
Chosen.target = FuzzTarget.all.first { $0.name == name }!

var count = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
exit(
  LLVMFuzzerRunDriver(&count, &arguments) { bytes, count in
    do {
      try Chosen.target.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
    } catch {
      fputs("\(Chosen.target.name): \(error)\n", stderr)
      abort()
    }
    return 0
  })
