// A real identity provider for the tests: `node provider.js PORT REDIRECT_ORIGIN`. Whoever types an address at its page is
// signed in as that person. POST /rotate-keys gives it new keys.
import { createServer } from "node:http";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { Provider } from "oidc-provider";

const [port, origin] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;

const newKey = () => ({
  ...generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" }),
  kid: randomUUID(), use: "sig", alg: "RS256",
});

const page = (ctx, title, content) => {
  ctx.type = "html";
  ctx.body = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1>${content}</html>`;
};

const account = (_, address) => ({
  accountId: address,
  claims: () => ({
    sub: address,
    name: address.split("@")[0],
    email: address,
    email_verified: true,
    groups: address.startsWith("agent") ? ["helpdesk-staff"] : [],
  }),
});

const makeProvider = () => {
  const provider = new Provider(issuer, {
    clients: [{
      client_id: "lodge", client_secret: "the secret of the tests",
      redirect_uris: [`${origin}/oidc/callback`], post_logout_redirect_uris: [`${origin}/`],
    }],
    jwks: { keys: [newKey()] },
    cookies: { keys: [randomUUID()] },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups"] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    findAccount: account,
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        logoutSource: (ctx, form) =>
          page(ctx, "Sign out of the campus", `${form}<button type="submit" form="op.logoutForm" name="logout" value="yes">Yes</button>`),
      },
    },
    // Nobody is asked whether Lodge may know their address.
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
  });
  provider.use(async (ctx, next) => {
    if (!ctx.path.startsWith("/interaction/")) return next();
    if (ctx.method === "GET") {
      return page(ctx, "Campus sign-in", '<form method="post"><label>Address <input name="address"></label><button>Go</button></form>');
    }
    let body = "";
    for await (const chunk of ctx.req) body += chunk;
    const accountId = new URLSearchParams(body).get("address");
    return provider.interactionFinished(ctx.req, ctx.res, { login: { accountId } }).then(() => (ctx.respond = false));
  });
  return provider.callback();
};

let answer = makeProvider();
createServer((request, response) => {
  if (request.method === "POST" && request.url === "/rotate-keys") {
    answer = makeProvider();
    return response.writeHead(204).end();
  }
  return answer(request, response);
}).listen(port, "127.0.0.1", () => console.log("ready"));
