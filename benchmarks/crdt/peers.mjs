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
// The mean of the middle half.
const middle = (list) => {
  const cut = list.length >> 2
  const half = [...list].sort((a, b) => a - b).slice(cut, list.length - cut)
  return half.reduce((sum, value) => sum + value, 0) / half.length
}
const gzip = (bytes) => zlib.gzipSync(bytes).length
const heap = () => {
  global.gc?.()
  global.gc?.()
  return process.memoryUsage().heapUsed
}

// Updates one behind the other in one buffer: an array of more than 64 bytes each would be memory of its own, and with
// hundreds of thousands of those the collector, not the library, would be measured.
class Updates {
  bytes = new Uint8Array(1 << 20)
  ends = [0]

  push (update) {
    const from = this.ends[this.ends.length - 1]
    const end = from + update.length
    if (end > this.bytes.length) {
      const larger = new Uint8Array(Math.max(end, 2 * this.bytes.length))
      larger.set(this.bytes)
      this.bytes = larger
    }
    this.bytes.set(update, from)
    this.ends.push(end)
  }

  get count () { return this.ends.length - 1 }
  get size () { return this.ends[this.ends.length - 1] }
  get (i) { return this.bytes.subarray(this.ends[i], this.ends[i + 1]) }
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
      // What JavaScript drops lives on in WebAssembly's memory until the event loop turns, and in a full memory a library
      // takes a hundred times as long; so one handle for each document, and documents are freed.
      fresh: (client) => {
        const doc = new LoroDoc()
        if (client) doc.setPeerId(BigInt(client))
        doc.content = doc.getText('t')
        return doc
      },
      free: (doc) => { doc.content?.free(); doc.free() },
      onUpdate: (doc, listener) => { doc.subscribeLocalUpdates(listener) },
      edit: (doc, [position, deleted, inserted]) => {
        if (deleted) doc.content.delete(position, deleted)
        if (inserted) doc.content.insert(position, inserted)
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
      text: (held) => held.doc.t,
      set: (held, key, value) => {
        held.doc = A.change(held.doc, (draft) => { draft.m[key] = value })
        held.listener?.(A.getLastLocalChange(held.doc))
      },
      base: () => A.getLastLocalChange(A.from({ t: '', m: {} }, { actor: '00'.repeat(16) })),
      join: (client, base) => holder(A.applyChanges(A.init({ actor: String(client).padStart(32, '0') }), [base])[0])
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
      text: (held) => held.model.view().t,
      set: (held, key, value) => {
        held.model.api.obj(['m']).set({ [key]: value })
        held.listener?.(held.model.api.flush().toBinary())
      },
      base: () => {
        const model = Model.create(undefined, 99_999)
        model.api.root({ t: '', m: {} })
        return model.api.flush().toBinary()
      },
      join: (client, base) => {
        const model = Model.create(undefined, 100_000 + client)
        model.applyPatch(Patch.fromBinary(base))
        return { model }
      }
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

// As on the other side: as many loads to get warm, then as many in each round as the clock needs. The event loop turns between
// rounds, because until then WebAssembly keeps what JavaScript dropped. A library that takes seconds is loaded less often.
const warmLoads = 300
const warmMillis = 3000
const loadMillis = 400
const loadRounds = 9
const loads = async (lib, saved) => {
  const some = (count) => {
    for (let i = 0; i < count; i++) {
      const doc = lib.load(saved)
      lib.free?.(doc)
    }
  }
  let spent = 0
  let warm = 0
  while (warm < warmLoads && spent < warmMillis) {
    const count = Math.min(10, 1 + warm)
    spent += timed(() => some(count))[0]
    warm += count
    await new Promise((resolve) => setImmediate(resolve))
  }
  const each = Math.ceil(Math.min(2000, Math.max(1, loadMillis * warm / spent)))
  const times = []
  for (let round = 0; round < loadRounds; round++) {
    times.push(timed(() => some(each))[0] / each)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return middle(times)
}

const trace = async (lib, file, rounds) => {
  const { flat, end } = operations(file)
  const result = { library, operations: flat.length, local: [], remote: [], load: [] }
  let saved
  for (let round = 0; round < rounds; round++) {
    const updates = new Updates()
    global.gc?.() // what earlier rounds left is not this one's
    const [local, doc] = timed(() => {
      const doc = collect(lib, updates)
      for (const operation of flat) lib.edit(doc, operation)
      return doc
    })
    result.local.push(local)
    if (lib.text(doc) !== end) throw new Error(`${library}: another text after local edits`)
    saved = lib.save(doc)
    result.update = updates.size / updates.count
    const feasible = library !== 'automerge' || flat.length < 5000
    if (feasible) {
      global.gc?.()
      const [remote, other] = timed(() => {
        let other = lib.joined ? lib.joined() : lib.fresh(2)
        for (let i = 0; i < updates.count; i++) other = lib.apply(other, updates.get(i))
        return other
      })
      if (lib.text(other) !== end) throw new Error(`${library}: another text after remote edits`)
      result.remote.push(remote)
      lib.free?.(other)
    }
    lib.free?.(doc)
  }
  result.load = await loads(lib, saved)
  const before = heap()
  const kept = lib.load(saved)
  result.memory = heap() - before
  if (lib.text(kept) !== end) throw new Error(`${library}: another text after loading`)
  result.size = saved.length
  result.gzip = gzip(saved)
  for (const key of ['local', 'remote']) result[key] = result[key].length ? median(result[key]) : null
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

// What all begin with, where a library needs that.
const joined = (lib, client, base) => lib.join ? lib.join(client, base) : lib.fresh(client)

const alone = (lib) => joined(lib, 1, lib.base?.())

const exchange = (lib, count, write) => {
  const base = lib.base?.()
  const updates = []
  for (let i = 0; i < count; i++) {
    const doc = joined(lib, i + 1, base)
    const own = []
    lib.onUpdate(doc, (update) => own.push(update))
    write(doc, i)
    updates.push(...own.filter((update) => update))
  }
  let merged = joined(lib, 9999, base)
  for (const update of updates) merged = lib.apply(merged, update)
  return merged
}

const letters = 'abcdefghijklmnopqrstuvwxyz'
const scenarios = {
  // One user: append, append in one block of each word, prepend, random places, random places and deletions.
  'B1.1': (lib, n) => { const doc = alone(lib); for (let i = 0; i < n; i++) lib.edit(doc, [i, 0, letters[i % 26]]); return doc },
  'B1.3': (lib, n) => { const doc = alone(lib); for (let i = 0; i < n; i++) lib.edit(doc, [0, 0, letters[i % 26]]); return doc },
  'B1.4': (lib, n) => { const next = random(1); const doc = alone(lib); for (let i = 0; i < n; i++) lib.edit(doc, [next(i + 1), 0, letters[i % 26]]); return doc },
  'B1.7': (lib, n) => {
    const next = random(2)
    const doc = alone(lib)
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
  // One change after the other costs automerge as much as its document is long.
  if (library === 'automerge' && third === 'B2.2') return { library, scenario: third }
  // And loro when many wrote at one place or in any order: seconds with a thousand edits, minutes with six thousand.
  if (library === 'loro' && (third === 'B2.2' || third === 'B3.4')) return { library, scenario: third }
  const times = []
  let doc
  for (let round = 0; round < (library === 'automerge' ? 3 : 5); round++) { const [time, result] = timed(() => scenario(lib, n)); times.push(time); doc = result }
  return { library, scenario: third, time: median(times), size: lib.save(doc).length }
}
console.log(JSON.stringify(await run()))
