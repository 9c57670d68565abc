/** The Go modules of stack/native, as data: which programs each builds, and how. */

export type ProgramName =
  | 'otelcol'
  | 'prometheus'
  | 'promtool'
  | 'alertmanager'
  | 'amtool'
  | 'loki'
  | 'lokitool'
  | 'jaeger'
  | 'compose-config';

export interface NativeModule {
  /** The folder below stack/native, and the first part of its name in the cache. */
  readonly name: string;
  /** The programs and the packages that they are built from. */
  readonly programs: Readonly<Partial<Record<ProgramName, string>>>;
  /** As the program itself says it, and the tag of the image in docker-compose.yml. */
  readonly version: string;
  /** The variable that the linker sets to the version. */
  readonly versionVariable: string;
  /** The dependency whose version in go.mod is this version; other projects number their Go modules apart. */
  readonly source: { readonly module: string; readonly version: string };
  readonly tags?: readonly string[];
  /** A file that a dependency embeds but its module does not hold, and what stands in for it. */
  readonly standIn?: { readonly module: string; readonly path: string; readonly file: string };
  /** Of a first build on two cores with nothing in Go's own cache. */
  readonly minutes: number;
}

export const modules: readonly NativeModule[] = [
  {
    name: 'collector',
    programs: { otelcol: '.' },
    version: '0.157.0',
    versionVariable: 'main.version',
    source: { module: 'go.opentelemetry.io/collector/otelcol', version: 'v0.157.0' },
    minutes: 7,
  },
  {
    name: 'prometheus',
    programs: { prometheus: 'github.com/prometheus/prometheus/cmd/prometheus', promtool: 'github.com/prometheus/prometheus/cmd/promtool' },
    version: '3.15.0',
    versionVariable: 'github.com/prometheus/common/version.Version',
    source: { module: 'github.com/prometheus/prometheus', version: 'v0.315.0' },
    // Without the service discoveries of clouds and their client libraries; static, file and HTTP discovery stay.
    tags: ['remove_all_sd'],
    minutes: 3,
  },
  {
    name: 'alertmanager',
    programs: {
      alertmanager: 'github.com/prometheus/alertmanager/cmd/alertmanager',
      amtool: 'github.com/prometheus/alertmanager/cmd/amtool',
    },
    version: '0.34.2',
    versionVariable: 'github.com/prometheus/common/version.Version',
    source: { module: 'github.com/prometheus/alertmanager', version: 'v0.34.2' },
    standIn: { module: 'github.com/prometheus/alertmanager', path: 'ui/app/dist/index.html', file: 'ui/index.html' },
    minutes: 1,
  },
  {
    name: 'loki',
    programs: { loki: 'github.com/grafana/loki/v3/cmd/loki', lokitool: 'github.com/grafana/loki/v3/cmd/lokitool' },
    version: '3.7.8',
    versionVariable: 'github.com/grafana/loki/v3/pkg/util/build.Version',
    source: { module: 'github.com/grafana/loki/v3', version: 'v3.7.8' },
    minutes: 6,
  },
  {
    name: 'jaeger',
    programs: { jaeger: 'github.com/jaegertracing/jaeger/cmd/jaeger' },
    version: '2.13.0',
    versionVariable: 'github.com/jaegertracing/jaeger/internal/version.latestVersion',
    source: { module: 'github.com/jaegertracing/jaeger', version: 'v1.76.0' },
    minutes: 6,
  },
  {
    // Reads docker-compose.yml as Docker Compose does, whose own parser it is. Runs nothing.
    name: 'compose',
    programs: { 'compose-config': '.' },
    version: '2.16.2',
    versionVariable: 'main.version',
    source: { module: 'github.com/compose-spec/compose-go/v2', version: 'v2.16.2' },
    minutes: 1,
  },
];

export function moduleOf(program: ProgramName): NativeModule {
  const found = modules.find((module) => program in module.programs);
  if (found === undefined) throw new RangeError(`No module of stack/native builds "${program}".`);
  return found;
}
