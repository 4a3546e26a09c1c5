// Members of ts-mls, driven line by line: "<operation> <member> [name=hex ...]" in, "ok [name=hex ...]" or "error <text>" out.
// Numbers are decimal text, lists are hex joined by commas. An operation that fails leaves its member as it was.
import readline from 'node:readline'
import { p256, p384, p521 } from '@noble/curves/nist.js'
import {
  acceptAll, createApplicationMessage, createCommit, createGroup, createGroupInfoWithExternalPubAndRatchetTree,
  createProposal, decodeMlsMessage, defaultCapabilities, encodeMlsMessage, ciphersuites, generateKeyPackageWithKey,
  getCiphersuiteFromName, getCiphersuiteImpl, joinGroup, joinGroupExternal, makePskIndex, mlsExporter, processPrivateMessage,
  processPublicMessage
} from 'ts-mls'
import { treeHashRoot } from 'ts-mls/treeHash.js'

const members = new Map()
const hex = (bytes) => Buffer.from(bytes).toString('hex')
const bytes = (text) => Uint8Array.from(Buffer.from(text, 'hex'))
const list = (text) => (text ? text.split(',') : [])
const decode = (text, format) => {
  const raw = bytes(text)
  const decoded = decodeMlsMessage(raw, 0)
  if (!decoded) throw new Error('not an MLSMessage')
  const [message, end] = decoded
  if (end !== raw.length) throw new Error(`${raw.length - end} bytes too many`)
  if (format && message.wireformat !== format) throw new Error(`${message.wireformat}, expected ${format}`)
  return message
}
const encode = (wireformat, field, value) => hex(encodeMlsMessage({ version: 'mls10', wireformat, [field]: value }))
const index = (member) => makePskIndex(member.state, member.psks)
const keyPackage = (text) => decode(text, 'mls_key_package').keyPackage
const fresh = (member, size) => crypto.getRandomValues(new Uint8Array(member.suite.kdf.size))

// Its own points of NIST curves are compressed; RFC 9420 section 5.1.1 has them uncompressed.
const signatureKeys = async (suite, implementation) => {
  const curve = { P256: p256, P384: p384, P521: p521 }[suite.split('_').at(-1)]
  if (!curve) return implementation.signature.keygen()
  const signKey = curve.utils.randomSecretKey()
  return { signKey, publicKey: curve.getPublicKey(signKey, false) }
}

const proposal = (member, { kind, keyPackage: added, leaf, id, extension, data }) => {
  switch (kind) {
    case 'add': return { proposalType: 'add', add: { keyPackage: keyPackage(added) } }
    case 'remove': return { proposalType: 'remove', remove: { removed: Number(leaf) } }
    case 'psk': return {
      proposalType: 'psk',
      psk: { preSharedKeyId: { psktype: 'external', pskId: bytes(id), pskNonce: fresh(member) } }
    }
    case 'extensions': return {
      proposalType: 'group_context_extensions',
      groupContextExtensions: { extensions: [{ extensionType: Number(extension), extensionData: bytes(data) }] }
    }
    default: throw new Error(`no proposal of kind ${kind}`)
  }
}

const operations = {
  async member (name, { suite, identity, notBefore, notAfter, extensions }) {
    const id = Object.keys(ciphersuites).find((key) => ciphersuites[key] === Number(suite))
    const implementation = await getCiphersuiteImpl(getCiphersuiteFromName(id))
    const capabilities = { ...defaultCapabilities(), extensions: list(extensions).map(Number) }
    const lifetime = { notBefore: BigInt(notBefore), notAfter: BigInt(notAfter) }
    const credential = { credentialType: 'basic', identity: bytes(identity) }
    const keys = await signatureKeys(id, implementation)
    const own = await generateKeyPackageWithKey(credential, capabilities, lifetime, [], keys, implementation)
    members.set(name, { suite: implementation, own, psks: {} })
    return { keyPackage: encode('mls_key_package', 'keyPackage', own.publicPackage) }
  },
  async psk (name, { id, secret }) {
    members.get(name).psks[Buffer.from(id, 'hex').toString('base64')] = bytes(secret)
  },
  async create (name, { groupId }) {
    const member = members.get(name)
    member.state = await createGroup(bytes(groupId), member.own.publicPackage, member.own.privatePackage, [], member.suite)
  },
  async join (name, { welcome }) {
    const member = members.get(name)
    const { publicPackage, privatePackage } = member.own
    const message = decode(welcome, 'mls_welcome').welcome
    member.state = await joinGroup(message, publicPackage, privatePackage, index(member), member.suite)
  },
  async commit (name, { adds, removes, psks, extension, data, public: plain }) {
    const member = members.get(name)
    const extraProposals = [
      ...list(adds).map((it) => proposal(member, { kind: 'add', keyPackage: it })),
      ...list(removes).map((it) => proposal(member, { kind: 'remove', leaf: it })),
      ...list(psks).map((it) => proposal(member, { kind: 'psk', id: it })),
      ...(extension ? [proposal(member, { kind: 'extensions', extension, data })] : [])
    ]
    const made = await createCommit({ state: member.state, cipherSuite: member.suite, pskIndex: index(member) },
      { extraProposals, wireAsPublicMessage: plain === '1', ratchetTreeExtension: true })
    member.state = made.newState
    return {
      commit: hex(encodeMlsMessage(made.commit)),
      ...(made.welcome ? { welcome: encode('mls_welcome', 'welcome', made.welcome) } : {})
    }
  },
  async propose (name, request) {
    const member = members.get(name)
    const made = await createProposal(member.state, request.public === '1', proposal(member, request), member.suite)
    member.state = made.newState
    return { message: hex(encodeMlsMessage(made.message)) }
  },
  async receive (name, { message }) {
    const member = members.get(name)
    const { wireformat, publicMessage, privateMessage } = decode(message)
    // Not processMessage, which forgets the pre-shared keys of private messages.
    const result = wireformat === 'mls_private_message'
      ? await processPrivateMessage(member.state, privateMessage, index(member), member.suite, acceptAll)
      : await processPublicMessage(member.state, publicMessage, index(member), member.suite, acceptAll)
    member.state = result.newState
    return result.kind === 'applicationMessage' ? { content: hex(result.message) } : {}
  },
  async encrypt (name, { content, aad }) {
    const member = members.get(name)
    const made = await createApplicationMessage(member.state, bytes(content), member.suite, bytes(aad ?? ''))
    member.state = made.newState
    return { message: encode('mls_private_message', 'privateMessage', made.privateMessage) }
  },
  async info (name) {
    const member = members.get(name)
    const info = await createGroupInfoWithExternalPubAndRatchetTree(member.state, [], member.suite)
    return { groupInfo: encode('mls_group_info', 'groupInfo', info) }
  },
  async external (name, { groupInfo, resync }) {
    const member = members.get(name)
    const { publicPackage, privatePackage } = member.own
    const info = decode(groupInfo, 'mls_group_info').groupInfo
    const made = await joinGroupExternal(info, publicPackage, privatePackage, resync === '1', member.suite)
    member.state = made.newState
    return { commit: encode('mls_public_message', 'publicMessage', made.publicMessage) }
  },
  async state (name) {
    const { state, suite } = members.get(name)
    return {
      active: state.groupActiveState.kind,
      epoch: String(state.groupContext.epoch),
      leaf: String(state.privatePath.leafIndex),
      authenticator: hex(state.keySchedule.epochAuthenticator),
      transcript: hex(state.groupContext.confirmedTranscriptHash),
      treeHash: hex(await treeHashRoot(state.ratchetTree, suite.hash))
    }
  },
  async export (name, { label, context, length }) {
    const { state, suite } = members.get(name)
    const text = Buffer.from(label, 'hex').toString()
    return { secret: hex(await mlsExporter(state.keySchedule.exporterSecret, text, bytes(context), Number(length), suite)) }
  }
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const [operation, name, ...words] = line.trim().split(' ')
  try {
    const given = Object.fromEntries(words.map((word) => word.split('=')))
    const result = await operations[operation](name, given) ?? {}
    console.log(['ok', ...Object.entries(result).map(([key, value]) => `${key}=${value}`)].join(' '))
  } catch (e) {
    console.log(`error ${String(e?.stack ?? e).replace(/\s+/g, ' ')}`)
  }
}
