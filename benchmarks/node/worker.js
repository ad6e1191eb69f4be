// One engine in a process of its own, with the same lines in and out as ../peers/worker.py.
"use strict";
const fs = require("fs");
const path = require("path");
const readline = require("readline");
const { createRequire } = require("module");

const [engine, work, folder, installed] = process.argv.slice(2);
const load = createRequire(path.join(installed, "package.json"));
const source = path.join(folder, `${work.split("-")[1]}-${engine}.docx`);
const answer = (value) => fs.writeSync(1, JSON.stringify(value) + "\n");

// docxtemplater's own parser knows no dotted paths; its documentation shows how to hand in another.
const parser = (tag) => {
  const steps = tag === "." ? [] : tag.split(".");
  return { get: (scope) => steps.reduce((value, step) => (value == null ? undefined : value[step]), scope) };
};

const engines = {
  docxtemplater: () => {
    const PizZip = load("pizzip");
    const Docxtemplater = load("docxtemplater");
    const content = fs.readFileSync(source);
    return async (data) => {
      const document = new Docxtemplater(new PizZip(content), { paragraphLoop: true, linebreaks: true, parser });
      document.render(data);
      return document.getZip().generate({ type: "nodebuffer", compression: "DEFLATE" });
    };
  },
  carbone: () => {
    const carbone = load("carbone");
    return (data) => new Promise((resolve, reject) => {
      carbone.render(source, data, {}, (error, made) => (error ? reject(error) : resolve(made)));
    });
  },
};

async function main() {
  let render;
  try {
    render = engines[engine]();
    answer({ version: load(`${engine}/package.json`).version });
  } catch (error) {
    answer({ missing: String(error.message).split("\n")[0] });
    return;
  }
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const asked = JSON.parse(line);
    const started = process.hrtime.bigint();
    let made;
    for (const data of asked.documents) made = await render(data);
    const ms = Number(process.hrtime.bigint() - started) / 1e6 / asked.documents.length;
    if (asked.keep) fs.writeFileSync(asked.keep, made);
    answer({ ms });
  }
}

main();
