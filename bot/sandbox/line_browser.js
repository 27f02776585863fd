// LINE's script for its own browser, as far as our pages use it. Who sits there is told by what
// stands behind the # of the first address.
window.liff = {
  async init() {
    const token = new URLSearchParams(location.hash.slice(1)).get("access_token");
    if (token) sessionStorage.setItem("liff", token);
    const meant = new URLSearchParams(location.search).get("liff.state");
    if (!meant) return;
    location.replace(location.origin + meant);
    await new Promise(() => {}); // until the other page is there
  },
  isInClient() {
    return sessionStorage.getItem("liff") !== null;
  },
  async sendMessages([message]) {
    const body = JSON.stringify({ token: sessionStorage.getItem("liff"), text: message.text });
    await fetch("SERVER" + "/messages", { method: "POST", body });
  },
  closeWindow() {
    location.replace("SERVER" + "/closed");
  },
};
