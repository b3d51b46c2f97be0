/** The stand-in for kafka_exporter as a program, with the options that the manifest gives to the real one. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { KafkaExporterStandIn } from '../../metrics/kafka-exporter.ts';

const { values } = parseArgs({
  options: {
    'kafka.server': { type: 'string', multiple: true, default: [] },
    'offset.show-all': { type: 'boolean' },
    'sasl.enabled': { type: 'boolean', default: false },
    'sasl.mechanism': { type: 'string' },
    'sasl.username': { type: 'string', default: '' },
    'sasl.password': { type: 'string', default: '' },
    'tls.enabled': { type: 'boolean', default: false },
    'tls.ca-file': { type: 'string', default: '' },
  },
});
const [username, password] = [values['sasl.username'], values['sasl.password']];
const login = {
  ...(values['sasl.enabled'] && {
    sasl: { mechanism: 'scram-sha-512', username, password } as const,
  }),
  ...(values['tls.enabled'] && { ssl: { ca: readFileSync(values['tls.ca-file']) } }),
};

await KafkaExporterStandIn.start(values['kafka.server'], login, { port: 9308, host: '0.0.0.0' });
console.log(`serving the metrics of ${values['kafka.server'].join(', ')}`);
// The server alone does not keep the process.
setInterval(() => undefined, 60_000);
process.once('SIGTERM', () => process.exit());
