// Compiles the examples of the docs in languages that are compiled: those behind <!-- compiled by CI: PACKAGE... -->, with
// Maven or Go, whose packages the comment names. `node scripts/compileExamples.mjs FOLDER` works in FOLDER. What has no
// compiler here is named and passed over.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compiled } from './examples.mjs';

const dependency = (coordinates) => {
  const [group, artifact, version] = coordinates.split(':');
  return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;
};
const pom = (packages) => `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>example</groupId><artifactId>example</artifactId><version>1</version>
  <properties><maven.compiler.source>17</maven.compiler.source><maven.compiler.target>17</maven.compiler.target>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties>
  <dependencies>${packages.map(dependency).join('')}</dependencies>
</project>
`;

const COMPILERS = {
  java: {
    program: 'mvn',
    prepare(folder, { code, packages }) {
      mkdirSync(join(folder, 'src/main/java'), { recursive: true });
      writeFileSync(join(folder, 'src/main/java/Main.java'), `${code}\n`);
      writeFileSync(join(folder, 'pom.xml'), pom(packages));
      return [['-q', '-B', 'compile']];
    },
  },
  go: {
    program: 'go',
    prepare(folder, { code, packages }) {
      writeFileSync(join(folder, 'main.go'), `${code}\n`);
      return [['mod', 'init', 'example'], ...packages.map((name) => ['get', name]), ['mod', 'tidy'], ['vet', './...']];
    },
  },
};

const [place] = process.argv.slice(2);
for (const block of compiled(fileURLToPath(new URL('..', import.meta.url)))) {
  const { program, prepare } = COMPILERS[block.language];
  const where = `${block.page}:${block.line}`;
  if (spawnSync(program, ['--help']).error !== undefined) {
    console.log(`!!! ${where} IS NOT COMPILED: there is no ${program} here`);
    continue;
  }
  const folder = join(place, `${block.language}-${block.line}`);
  mkdirSync(folder, { recursive: true });
  for (const args of prepare(folder, block)) {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' });
    if (status === 0) continue;
    console.log(`${where}: ${program} ${args.join(' ')}\n${stdout}${stderr}`);
    process.exit(1);
  }
  console.log(`${where} compiles with ${block.packages.join(', ')}`);
}
