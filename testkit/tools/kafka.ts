import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UPGRADED_FROM, VERSIONS } from '../../constructs/core/versions.ts';
import type { Tool } from './cache.ts';
import { requireCommand, run } from '../../scripts/toolchain.ts';

/** Programs as the image names them, by the class that runs them. */
const PROGRAMS: Readonly<Record<string, string>> = {
  'kafka-storage.sh': 'kafka.tools.StorageTool',
  'kafka-server-start.sh': 'kafka.Kafka',
  'kafka-topics.sh': 'org.apache.kafka.tools.TopicCommand',
  'kafka-acls.sh': 'org.apache.kafka.tools.AclCommand',
  'kafka-configs.sh': 'kafka.admin.ConfigCommand',
  'kafka-metadata-quorum.sh': 'org.apache.kafka.tools.MetadataQuorumCommand',
  'kafka-features.sh': 'org.apache.kafka.tools.FeatureCommand',
  'kafka-consumer-groups.sh': 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
  'kafka-get-offsets.sh': 'org.apache.kafka.tools.GetOffsetShell',
  'kafka-console-consumer.sh': 'org.apache.kafka.tools.consumer.ConsoleConsumer',
};

/** The agent that serves the metrics of a node's JVM; in Kubernetes an image of its own has it. */
const JMX_AGENT = `io.prometheus.jmx:jmx_prometheus_javaagent:${VERSIONS.jmxExporter}`;

function pom(version: string): string {
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>io.github.cdk8s-event-platform</groupId>
  <artifactId>kafka</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${version}</version>
    </dependency>
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>${version}</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>2.24.3</version>
    </dependency>
  </dependencies>
</project>
`;
}

/** A program as in the image's \`/opt/kafka/bin\`, which honours the same variables. */
function program(mainClass: string): string {
  return `#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd)
exec java \${KAFKA_HEAP_OPTS:--Xmx256m} -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \\
  \${KAFKA_LOG4J_OPTS:--Dlog4j2.configurationFile=$here/log4j2.yaml} \${KAFKA_OPTS:-} -cp "$here/../libs/*" ${mainClass} "$@"
`;
}

const QUIET = `Configuration:
  Appenders:
    Console: { name: stderr, target: SYSTEM_ERR, PatternLayout: { pattern: "%p %m%n" } }
  Loggers:
    Root: { level: ERROR, AppenderRef: [{ ref: stderr }] }
`;

/** Apache Kafka: the broker and its tools, with the programs in `bin/` as the image has them. */
function kafkaOf(version: string): Tool {
  return {
    name: 'kafka',
    version,
    recipe: [pom(version), JMX_AGENT, program.toString(), QUIET, JSON.stringify(PROGRAMS)].join(
      '\n',
    ),
    build: (folder) => {
      requireCommand('java');
      writeFileSync(join(folder, 'pom.xml'), pom(version));
      run(
        'mvn',
        [
          '--batch-mode',
          '--quiet',
          'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies',
          `-DoutputDirectory=${join(folder, 'libs')}`,
          '-DincludeScope=runtime',
        ],
        { cwd: folder },
      );
      rmSync(join(folder, 'pom.xml'));
      run(
        'mvn',
        [
          '--batch-mode',
          '--quiet',
          'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy',
          `-Dartifact=${JMX_AGENT}`,
          `-DoutputDirectory=${folder}`,
          '-Dmdep.stripVersion=true',
        ],
        { cwd: folder },
      );
      const bin = join(folder, 'bin');
      mkdirSync(bin);
      writeFileSync(join(bin, 'log4j2.yaml'), QUIET);
      for (const [name, mainClass] of Object.entries(PROGRAMS)) {
        writeFileSync(join(bin, name), program(mainClass));
        chmodSync(join(bin, name), 0o755);
      }
    },
  };
}

/** The version that images name. */
export const kafka = kafkaOf(VERSIONS.kafka);
/** The one that runs upgrade from. */
export const kafkaBefore = kafkaOf(UPGRADED_FROM.kafka);
