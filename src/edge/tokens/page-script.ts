/**
 * What the pages run, in plain JavaScript for any browser of the last ten years. SHA-256 is written out: `crypto.subtle` exists on
 * https alone, and a promise for each short hash takes longer than the hash.
 * Source: FIPS 180-4 for SHA-256, one block.
 */
export const pageScript = String.raw`(function () {
  'use strict'
  var given = document.body.dataset
  var note = document.getElementById('note')
  var primes = [], candidate = 2
  while (primes.length < 64) {
    if (primes.every(function (prime) { return candidate % prime !== 0 })) primes.push(candidate)
    candidate += 1
  }
  function fraction(root) { return ((root - Math.floor(root)) * 4294967296) | 0 }
  var start = primes.slice(0, 8).map(function (prime) { return fraction(Math.sqrt(prime)) })
  var rounds = primes.map(function (prime) { return fraction(Math.cbrt(prime)) })
  var words = new Int32Array(64)
  function turn(word, by) { return (word >>> by) | (word << (32 - by)) }

  // The first 32 bits of the hash of a text of at most 55 characters.
  function hashed(text) {
    var i, one, two
    for (i = 0; i < 16; i += 1) words[i] = 0
    for (i = 0; i < text.length; i += 1) words[i >> 2] |= text.charCodeAt(i) << (24 - (i & 3) * 8)
    words[text.length >> 2] |= 128 << (24 - (text.length & 3) * 8)
    words[15] = text.length * 8
    for (i = 16; i < 64; i += 1) {
      one = words[i - 15]
      two = words[i - 2]
      words[i] = (words[i - 16] + (turn(one, 7) ^ turn(one, 18) ^ (one >>> 3)) + words[i - 7]
        + (turn(two, 17) ^ turn(two, 19) ^ (two >>> 10))) | 0
    }
    var a = start[0], b = start[1], c = start[2], d = start[3]
    var e = start[4], f = start[5], g = start[6], h = start[7]
    for (i = 0; i < 64; i += 1) {
      one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + rounds[i] + words[i]) | 0
      two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
      h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0
    }
    return (a + start[0]) >>> 0
  }

  // In portions, so that the page stays alive.
  function work(bits, done) {
    var count = 0
    function portion() {
      var end = count + 20000
      for (; count < end; count += 1)
        if (hashed(given.id + '.' + count) >>> (32 - bits) === 0) return done(String(count))
      setTimeout(portion, 0)
    }
    portion()
  }

  function say(text) { note.textContent = text }

  function send(bits, way, answer) {
    say('One moment: your browser is being checked.')
    work(bits, function (count) {
      fetch(given.verify, {
        method: 'POST',
        credentials: 'same-origin',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ state: given.state, count: count, way: way, answer: answer })
      }).then(function (response) {
        if (response.ok) {
          if (document.cookie.indexOf('aws-waf-token=') < 0) return say('This site needs cookies. Allow them, and load the page again.')
          return location.reload()
        }
        if (given.kind === 'CAPTCHA' && response.status === 403) say('That was not right. Load the page again for another one.')
        else if (response.status === 429) say('Too many attempts. Wait some minutes, and load the page again.')
        else say('The check failed. Load the page again.')
      }, function () { say('The server was not reached. Load the page again.') })
    })
  }

  if (given.kind === 'CHALLENGE') return send(Number(given.bits), 'work', '')
  document.getElementById('other').addEventListener('click', function () {
    document.getElementById('picture').hidden = true
    document.getElementById('words').hidden = false
    given.way = 'question'
    document.getElementById('answer').focus()
  })
  document.getElementById('form').addEventListener('submit', function (event) {
    event.preventDefault()
    document.getElementById('send').disabled = true
    var asked = given.way === 'question'
    send(Number(asked ? given.questionBits : given.bits), asked ? 'question' : 'picture', document.getElementById('answer').value)
  })
})()`
