// Measures one library over one trace or scenario, and prints one line of JSON. CPU time of this process, in milliseconds.
//   node peers.mjs <library> <trace.json.gz> <rounds>
//   node peers.mjs <library> scenario <name> <N>
import fs from 'node:fs'
import zlib from 'node:zlib'

const [library, what, third, fourth] = process.argv.slice(2)

const cpu = () => {
  const used = process.cpuUsage()
  return (used.user + used.system) / 1000
}
const timed = (run) => {
  const start = cpu()
  const result = run()
  return [cpu() - start, result]
}
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1]
const gzip = (bytes) => zlib.gzipSync(bytes).length
const heap = () => {
  global.gc?.()
  global.gc?.()
  return process.memoryUsage().heapUsed
}

// Positions in the traces are code points; these libraries count UTF-16 units, so astral traces are refused.
const operations = (file) => {
  const trace = JSON.parse(zlib.gunzipSync(fs.readFileSync(file)).toString())
  const flat = []
  if (trace.kind !== 'concurrent') {
    for (const transaction of trace.txns) flat.push(...transaction.patches)
  }
  return { flat, end: trace.endContent, transactions: trace.txns, concurrent: trace.kind === 'concurrent' }
}

const libraries = {
  async yjs () {
    const Y = await import('yjs')
    return {
      fresh: (client) => {
        const doc = new Y.Doc()
        if (client) doc.clientID = client
        return doc
      },
      onUpdate: (doc, listener) => doc.on('update', listener),
      edit: (doc, [position, deleted, inserted]) => doc.transact(() => {
        const text = doc.getText('t')
        if (deleted) text.delete(position, deleted)
        if (inserted) text.insert(position, inserted)
      }),
      apply: (doc, update) => { Y.applyUpdate(doc, update); return doc },
      save: (doc) => Y.encodeStateAsUpdateV2(doc),
      load: (bytes) => { const doc = new Y.Doc(); Y.applyUpdateV2(doc, bytes); doc.getText('t').toString(); return doc },
      text: (doc) => doc.getText('t').toString(),
      set: (doc, key, value) => doc.getMap('m').set(key, value),
      all: (doc) => Y.encodeStateAsUpdate(doc)
    }
  },
  async loro () {
    const { LoroDoc } = await import('loro-crdt')
    return {
      fresh: (client) => { const doc = new LoroDoc(); if (client) doc.setPeerId(BigInt(client)); return doc },
      onUpdate: (doc, listener) => { doc.subscribeLocalUpdates(listener) },
      edit: (doc, [position, deleted, inserted]) => {
        const text = doc.getText('t')
        if (deleted) text.delete(position, deleted)
        if (inserted) text.insert(position, inserted)
        doc.commit()
      },
      apply: (doc, update) => { doc.import(update); return doc },
      save: (doc) => doc.export({ mode: 'snapshot' }),
      load: (bytes) => { const doc = new LoroDoc(); doc.import(bytes); doc.getText('t').toString(); return doc },
      text: (doc) => doc.getText('t').toString(),
      set: (doc, key, value) => { doc.getMap('m').set(key, value); doc.commit() },
      all: (doc) => doc.export({ mode: 'update' })
    }
  },
  async automerge () {
    const A = await import('@automerge/automerge')
    const holder = (doc) => ({ doc, listener: undefined })
    return {
      fresh: (client) => holder(A.from({ t: '', m: {} }, client ? { actor: String(client).padStart(32, '0') } : {})),
      joined: () => holder(A.init()),
      onUpdate: (held, listener) => { held.listener = listener; listener(A.getLastLocalChange(held.doc)) },
      edit: (held, [position, deleted, inserted]) => {
        held.doc = A.change(held.doc, (draft) => A.splice(draft, ['t'], position, deleted, inserted))
        held.listener?.(A.getLastLocalChange(held.doc))
      },
      apply: (held, update) => { held.doc = A.applyChanges(held.doc, [update])[0]; return held },
      save: (held) => A.save(held.doc),
      load: (bytes) => { const doc = A.load(bytes); doc.t.length; return holder(doc) },
      text: (held) => held.doc.t
    }
  },
  async 'json-joy' () {
    const { Model } = await import('json-joy/lib/json-crdt/index.js')
    const { Patch } = await import('json-joy/lib/json-crdt-patch/index.js')
    return {
      fresh: (client) => {
        const model = client ? Model.create(undefined, client) : Model.create()
        return { model }
      },
      begin: (held) => { held.model.api.root({ t: '' }); return held.model.api.flush().toBinary() },
      onUpdate: (held, listener) => { held.listener = listener },
      edit: (held, [position, deleted, inserted]) => {
        held.text ??= held.model.api.str(['t'])
        if (deleted) held.text.del(position, deleted)
        if (inserted) held.text.ins(position, inserted)
        held.listener?.(held.model.api.flush().toBinary())
      },
      apply: (held, update) => { held.model.applyPatch(Patch.fromBinary(update)); return held },
      save: (held) => held.model.toBinary(),
      load: (bytes) => { const model = Model.fromBinary(bytes); JSON.stringify(model.view()); return { model } },
      text: (held) => held.model.view().t
    }
  }
}

const collect = (lib, updates) => {
  const doc = lib.fresh(1)
  const begin = lib.begin?.(doc)
  if (begin) updates.push(begin)
  lib.onUpdate(doc, (update) => updates.push(update))
  return doc
}

const trace = async (lib, file, rounds) => {
  const { flat, end } = operations(file)
  const result = { library, operations: flat.length, local: [], remote: [], load: [] }
  let saved
  for (let round = 0; round < rounds; round++) {
    const updates = []
    const [local, doc] = timed(() => {
      const doc = collect(lib, updates)
      for (const operation of flat) lib.edit(doc, operation)
      return doc
    })
    result.local.push(local)
    if (lib.text(doc) !== end) throw new Error(`${library}: another text after local edits`)
    saved = lib.save(doc)
    result.update = updates.reduce((sum, update) => sum + update.length, 0) / updates.length
    const feasible = library !== 'automerge' || flat.length < 5000
    if (feasible) {
      // As they would come from elsewhere: copies, one after the other.
      const received = updates.map((update) => update.slice())
      const [remote, other] = timed(() => {
        let other = lib.joined ? lib.joined() : lib.fresh(2)
        for (const update of received) other = lib.apply(other, update)
        return other
      })
      if (lib.text(other) !== end) throw new Error(`${library}: another text after remote edits`)
      result.remote.push(remote)
    }
  }
  for (let round = 0; round < Math.max(9, rounds); round++) result.load.push(timed(() => lib.load(saved))[0])
  const before = heap()
  const kept = lib.load(saved)
  result.memory = heap() - before
  if (lib.text(kept) !== end) throw new Error(`${library}: another text after loading`)
  result.size = saved.length
  result.gzip = gzip(saved)
  for (const key of ['local', 'remote', 'load']) result[key] = result[key].length ? median(result[key]) : null
  return result
}

// The same pseudo-random numbers as on the other side: a 32-bit linear congruential generator.
const random = (seed) => {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor(state / 4294967296 * below)
  }
}

const exchange = (lib, count, write) => {
  const updates = []
  for (let i = 0; i < count; i++) {
    const doc = lib.fresh(i + 1)
    const own = []
    lib.onUpdate(doc, (update) => own.push(update))
    write(doc, i)
    updates.push(...own)
  }
  const merged = lib.fresh(9999)
  for (const update of updates) lib.apply(merged, update)
  return merged
}

const letters = 'abcdefghijklmnopqrstuvwxyz'
const scenarios = {
  // One user: append, append in one block of each word, prepend, random places, random places and deletions.
  'B1.1': (lib, n) => { const doc = lib.fresh(1); for (let i = 0; i < n; i++) lib.edit(doc, [i, 0, letters[i % 26]]); return doc },
  'B1.3': (lib, n) => { const doc = lib.fresh(1); for (let i = 0; i < n; i++) lib.edit(doc, [0, 0, letters[i % 26]]); return doc },
  'B1.4': (lib, n) => { const next = random(1); const doc = lib.fresh(1); for (let i = 0; i < n; i++) lib.edit(doc, [next(i + 1), 0, letters[i % 26]]); return doc },
  'B1.7': (lib, n) => {
    const next = random(2)
    const doc = lib.fresh(1)
    let length = 0
    for (let i = 0; i < n; i++) {
      const at = next(length + 1)
      if (length === at || next(2)) { const word = letters.slice(0, 1 + next(8)); lib.edit(doc, [at, 0, word]); length += word.length } else { const some = Math.min(1 + next(8), length - at); lib.edit(doc, [at, some, '']); length -= some }
    }
    return doc
  },
  // Two users at once, random characters each.
  'B2.2': (lib, n) => exchange(lib, 2, (doc, user) => { const next = random(3 + user); for (let i = 0; i < n; i++) lib.edit(doc, [next(i + 1), 0, letters[i % 26]]) }),
  // 20 * sqrt(N) users set one key, or write at one place.
  'B3.1': (lib, n) => exchange(lib, Math.floor(20 * Math.sqrt(n)), (doc, user) => lib.set(doc, 'v', user)),
  'B3.4': (lib, n) => exchange(lib, Math.floor(20 * Math.sqrt(n)), (doc, user) => lib.edit(doc, [0, 0, String(user)]))
}

const run = async () => {
  const lib = await libraries[library]()
  if (what !== 'scenario') return trace(lib, what, Number(third))
  const scenario = scenarios[third]
  const n = Number(fourth)
  const needsMap = third === 'B3.1'
  if ((needsMap && !lib.set) || lib.begin || lib.joined) return { library, scenario: third, skipped: 'not measured' }
  const times = []
  let doc
  for (let round = 0; round < 5; round++) { const [time, result] = timed(() => scenario(lib, n)); times.push(time); doc = result }
  return { library, scenario: third, time: median(times), size: lib.save(doc).length }
}
console.log(JSON.stringify(await run()))
