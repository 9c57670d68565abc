/** Turns the text of a stack trace into its lines, and tells which frames are the app's own. Node.js, Python, Java, Go and .NET look alike enough. */

export interface StackLine {
  readonly text: string;
  readonly kind: 'message' | 'own' | 'library' | 'runtime';
}

const frame = /^\s*(at |File "|from |\S+\.go:\d+|[\w./\\-]+:\d+:in )/;
const library = /[\\/](node_modules|site-packages|dist-packages|vendor|gems|pkg[\\/]mod)[\\/]/;
const runtime =
  /\(?(node:|internal\/|<anonymous>|native)|^\s*at (java|javax|jdk|sun|kotlin|System|Microsoft)\.|[\\/](lib|usr[\\/]local[\\/]go[\\/]src)[\\/](python|runtime)/;

export function parseStack(stack: string): readonly StackLine[] {
  return stack.split('\n').map((text) => ({ text, kind: kindOf(text) }));
}

function kindOf(line: string): StackLine['kind'] {
  if (!frame.test(line)) return 'message';
  if (library.test(line)) return 'library';
  return runtime.test(line) ? 'runtime' : 'own';
}
