"use strict";

// Louder than silence, and enough for two people to see each other (megabits a second).
const LOUD = 0.02;
const FAST = 0.6;
// How long the connection is waited for, in milliseconds.
const PATIENCE = 15000;

const part = (name) => document.getElementById(name);

function found(name, works) {
  part(name).textContent = works ? part(name).dataset.yes : part(name).dataset.no;
  part(name).className = works ? "works" : "error";
  document.querySelector(`input[name="${name}"]`).value = works ? "yes" : "no";
}

const streams = [];

async function allowed(wanted) {
  try {
    const stream = await navigator.mediaDevices.getUserMedia(wanted);
    streams.push(stream);
    return stream;
  } catch {
    return null;
  }
}

async function tryCamera() {
  const stream = await allowed({ video: true });
  if (stream === null) return found("camera", false);
  const picture = part("picture");
  picture.srcObject = stream;
  picture.onplaying = () => found("camera", picture.videoWidth > 0);
}

async function tryMicrophone(sound) {
  const stream = await allowed({ audio: true });
  if (stream === null) return found("microphone", false);
  const listener = sound.createAnalyser();
  sound.createMediaStreamSource(stream).connect(listener);
  const samples = new Float32Array(listener.fftSize);
  const listen = () => {
    listener.getFloatTimeDomainData(samples);
    const level = Math.sqrt(samples.reduce((sum, each) => sum + each * each, 0) / samples.length);
    part("level").value = Math.min(1, level * 8);
    if (level > LOUD) found("microphone", true);
    requestAnimationFrame(listen);
  };
  listen();
}

function playSound(sound) {
  const tone = sound.createOscillator();
  const quiet = sound.createGain();
  quiet.gain.value = 0.2;
  tone.connect(quiet).connect(sound.destination);
  tone.start();
  tone.stop(sound.currentTime + 1);
  part("asked").hidden = false;
}

async function tryConnection() {
  const started = performance.now();
  const waiting = new AbortController();
  setTimeout(() => waiting.abort(), PATIENCE);
  try {
    const answer = await fetch(`${location.pathname}/probe`, {
      cache: "no-store",
      signal: waiting.signal,
    });
    const bytes = (await answer.arrayBuffer()).byteLength;
    const seconds = (performance.now() - started) / 1000;
    found("connection", answer.ok && (bytes * 8) / 1e6 / seconds >= FAST);
  } catch {
    found("connection", false);
  }
}

// Camera and microphone are let go, for the video call to take them.
function letGo() {
  for (const stream of streams) for (const track of stream.getTracks()) track.stop();
}
document.querySelector("form").addEventListener("submit", letGo);
addEventListener("pagehide", letGo);

part("begin").addEventListener("click", () => {
  if (!window.AudioContext || !navigator.mediaDevices) {
    part("impossible").hidden = false;
    return;
  }
  // A browser lets a page make a sound only after a press.
  const sound = new AudioContext();
  part("begin").hidden = true;
  part("check").hidden = false;
  part("sound").addEventListener("click", () => playSound(sound));
  part("heard").addEventListener("click", () => found("speaker", true));
  part("unheard").addEventListener("click", () => found("speaker", false));
  // One question at a time: a browser shows both as one where it can.
  tryCamera().then(() => tryMicrophone(sound));
  tryConnection();
});
