// Print or copy the recovery codes; without a script they are read from the page.

const ways = document.getElementById("recovery-codes-take");
const codes = [...document.querySelectorAll("#recovery-codes code")].map((code) => code.textContent);

const take = {
  print: () => window.print(),
  copy: async (button) => {
    await navigator.clipboard.writeText(`${codes.join("\n")}\n`);
    button.textContent = ways.dataset.copied;
  },
};

ways.hidden = false;
for (const button of ways.querySelectorAll("[data-take]")) {
  button.addEventListener("click", () => take[button.dataset.take](button));
}
