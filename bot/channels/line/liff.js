// Without words, LINE's browser is begun, which leads on to the page that was meant. With words,
// they are said in the chat, so that LINE brings us an event that can be answered free of charge.
async function madoguchi(liffId, words) {
  await liff.init({ liffId });
  if (words === null || !liff.isInClient()) return;
  try {
    await liff.sendMessages([{ type: "text", text: words }]);
  } finally {
    liff.closeWindow();
  }
}
